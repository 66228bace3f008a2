import type { BatchId } from '../../domain/ids.ts';
import { type Budget, batchScope } from '../../domain/money/budget.ts';
import type { Effects } from '../effects.ts';
import type { Table } from '../ports.ts';
import { createRecentlyRead } from '../recently-read.ts';
import { BATCH_PAUSE_PREFIX, type BatchPause, rowToBatchPause } from '../rows/batch-pause-row.ts';
import { batchKey, rowToBatch } from '../rows/batch-row.ts';
import { budgetKey, rowToBudget } from '../rows/budget-row.ts';
import { holdsNow } from './batch-pauses.ts';
import { BUDGETS_FRESH_MS, readSharedBudgets } from './budgets.ts';

/** Whether items of a batch may be started. */
type BatchReadiness = 'ready' | 'paused' | 'cancelled';

/** What one worker knows of batches, and of the budgets that apply to them: two seconds old at most. */
export interface BatchBook {
  /** Whether this batch continues, or a person or a budget stopped it alone. */
  readinessOf(batch: BatchId): Promise<BatchReadiness>;
  budgetsOf(batch: BatchId): Promise<readonly Budget[]>;
  /** What is known may be wrong: the next look reads. */
  forget(): void;
}

interface KnownBatch {
  readonly isCancelled: boolean;
  readonly pauses: readonly BatchPause[];
  readonly budget: Budget | undefined;
}

const NOTHING_KNOWN: KnownBatch = { isCancelled: false, pauses: [], budget: undefined };

/** Reads a batch in one query, and the budgets that are not a batch's in another. */
export function createBatchBook({ table, clock }: Pick<Effects, 'table' | 'clock'>): BatchBook {
  const batches = createRecentlyRead(clock, BUDGETS_FRESH_MS, (batch: BatchId) => readKnown(table, batch));
  const shared = createRecentlyRead(clock, BUDGETS_FRESH_MS, (_: 'shared') => readSharedBudgets(table));

  async function budgetsOf(batch: BatchId): Promise<readonly Budget[]> {
    const [{ budget }, others] = await Promise.all([batches.current(batch), shared.current('shared')]);
    return budget === undefined ? others : [...others, budget];
  }

  async function readinessOf(batch: BatchId): Promise<BatchReadiness> {
    const { isCancelled, pauses } = await batches.current(batch);
    if (isCancelled) return 'cancelled';
    if (pauses.length === 0) return 'ready';
    const budgets = await budgetsOf(batch);
    return pauses.some((pause) => holdsNow(pause, budgets, clock.now())) ? 'paused' : 'ready';
  }

  function forget(): void {
    batches.forget();
    shared.forget();
  }

  return { readinessOf, budgetsOf, forget };
}

/** A batch, its pauses and its budget are a few rows side by side. */
async function readKnown(table: Pick<Table, 'query'>, batch: BatchId): Promise<KnownBatch> {
  const { pk, sk } = batchKey(batch);
  const budgetSk = budgetKey(batchScope(batch)).sk;
  let known = NOTHING_KNOWN;
  for await (const row of table.query({ pk })) {
    if (row.sk === sk) known = { ...known, isCancelled: rowToBatch(row).cancelledAt !== undefined };
    else if (row.sk === budgetSk) known = { ...known, budget: rowToBudget(row) };
    else if (row.sk.startsWith(BATCH_PAUSE_PREFIX))
      known = { ...known, pauses: [...known.pauses, rowToBatchPause(row)] };
  }
  return known;
}
