import type { Batch } from '../../domain/batch/batch.ts';
import { readBatch } from '../batch/batches.ts';
import type { Table } from '../ports.ts';
import { readProgress } from '../rows/progress-row.ts';
import type { ScheduleRun } from '../rows/schedule-run-row.ts';
import { newestRuns } from './schedules.ts';

/** A run with its batch's current state. */
export type RunInHistory = ScheduleRun & {
  /** Missing without a batch, or before it is read. */
  readonly batchState?: Batch['state'];
  readonly creditsMicro: number;
};

/** A schedule's newest runs with their credits. */
export async function* scheduleHistory(
  table: Pick<Table, 'get' | 'query'>,
  name: string,
  limit: number,
): AsyncIterable<RunInHistory> {
  for await (const run of newestRuns(table, name, limit)) {
    if (run.state !== 'submitted') {
      yield { ...run, creditsMicro: 0 };
      continue;
    }
    const batch = await readBatch(table, run.batch);
    const { creditsMicro } = await readProgress(table, run.batch);
    yield { ...run, ...(batch === undefined ? {} : { batchState: batch.state }), creditsMicro };
  }
}
