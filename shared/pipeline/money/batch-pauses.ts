import type { BatchId } from '../../domain/ids.ts';
import type { Budget } from '../../domain/money/budget.ts';
import type { Effects } from '../effects.ts';
import type { Condition, Table } from '../ports.ts';
import {
  BATCH_PAUSE_PREFIX,
  type BatchPause,
  batchPauseKey,
  batchPauseToRow,
  type PausedBy,
  rowToBatchPause,
} from '../rows/batch-pause-row.ts';
import { readBudgets } from './budgets.ts';

/** Every pause that was written down for a batch, whether it holds (any more) or not. One query. */
export async function readBatchPauses(table: Pick<Table, 'query'>, batch: BatchId): Promise<BatchPause[]> {
  const pauses: BatchPause[] = [];
  for await (const row of table.query({ pk: `BATCH#${batch}`, skPrefix: BATCH_PAUSE_PREFIX })) {
    pauses.push(rowToBatchPause(row));
  }
  return pauses;
}

/** The pauses that keep a batch from continuing now. */
export async function batchPausesNow(
  { table, clock }: Pick<Effects, 'table' | 'clock'>,
  batch: BatchId,
): Promise<BatchPause[]> {
  const pauses = await readBatchPauses(table, batch);
  if (pauses.length === 0) return [];
  const budgets = await readBudgets(table, batch);
  return pauses.filter((pause) => holdsNow(pause, budgets, clock.now()));
}

/** Pauses a batch; `false` where a pause of this kind holds already, which then stays as it is. */
export async function pauseBatch(
  { table, clock }: Pick<Effects, 'table' | 'clock'>,
  batch: BatchId,
  pause: BatchPause,
): Promise<boolean> {
  const row = await table.get(batchPauseKey(batch, pause.by));
  const before = row === undefined ? undefined : rowToBatchPause(row);
  if (before !== undefined && holdsNow(before, await readBudgets(table, batch), clock.now())) return false;
  const onlyIf: Condition =
    before === undefined ? { kind: 'absent' } : { kind: 'equals', field: 'since', value: before.since };
  const result = await table.write([{ kind: 'put', row: batchPauseToRow(batch, pause), onlyIf }]);
  return result.kind === 'written';
}

/** Ends a pause of one kind; `false` if there was none. */
export async function endBatchPause(
  table: Pick<Table, 'write'>,
  batch: BatchId,
  by: PausedBy,
): Promise<boolean> {
  const key = batchPauseKey(batch, by);
  const result = await table.write([{ kind: 'delete', key, onlyIf: { kind: 'present' } }]);
  return result.kind === 'written';
}

/** A budget's pause ends by itself: with the budget's period, or as soon as the budget has another limit. */
export function holdsNow(pause: BatchPause, budgets: readonly Budget[], nowMs: number): boolean {
  switch (pause.by) {
    case 'person':
      return true;
    case 'budget': {
      const { scope, limitMicro, untilMs = Number.POSITIVE_INFINITY } = pause;
      return (
        nowMs < untilMs && budgets.some((each) => each.scope === scope && each.limitMicro === limitMicro)
      );
    }
  }
}
