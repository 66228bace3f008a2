import type { Batch } from '../../domain/batch/batch.ts';
import { readBatch } from '../batch/batches.ts';
import type { Table } from '../ports.ts';
import { readProgress } from '../rows/progress-row.ts';
import type { ScheduleRun } from '../rows/schedule-run-row.ts';
import { newestRuns } from './schedules.ts';

/** A run of a schedule, and what became of its batch so far. */
export type RunInHistory = ScheduleRun & {
  /** Missing if there is no batch, or nobody has started to read it. */
  readonly batchState?: Batch['state'];
  readonly creditsMicro: number;
};

/** The newest runs of a schedule, with the credits that each has cost. */
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
