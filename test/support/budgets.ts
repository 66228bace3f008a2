import type { BatchId } from '../../shared/domain/ids.ts';
import { type BudgetScope, batchScope, parseBudgetScope } from '../../shared/domain/money/budget.ts';
import { formatCredits, MICRO_PER_CREDIT } from '../../shared/domain/money/money.ts';
import type { Effects } from '../../shared/pipeline/effects.ts';
import { readBudget, statusOf } from '../../shared/pipeline/money/budgets.ts';
import { openNewBudget } from '../../shared/pipeline/money/set-budget.ts';
import {
  type Reservation,
  reservationsPartition,
  rowToReservation,
} from '../../shared/pipeline/rows/reservation-row.ts';
import { ALL_SHARDS } from '../../shared/pipeline/rows/shards.ts';

export function scopeFrom(text: string): BudgetScope {
  const scope = parseBudgetScope(text);
  if (scope === undefined) throw new Error(`no scope: ${text}`);
  return scope;
}

/** Sets a budget before anything is spent. */
export async function limit(
  effects: Parameters<typeof openNewBudget>[0],
  scope: string | BatchId,
  credits: number,
): Promise<void> {
  const parsed = parseBudgetScope(scope) ?? batchScope(scope as BatchId);
  await openNewBudget(effects, parsed, credits * MICRO_PER_CREDIT);
}

/** What is spent and held of a budget now, in credits. */
export async function balance(
  effects: Effects,
  scope: BudgetScope,
): Promise<{ spent: string; held: string }> {
  const budget = await readBudget(effects.table, scope);
  if (budget === undefined) throw new Error(`no budget ${scope}`);
  const { spentMicro, heldMicro } = await statusOf(effects, budget);
  return { spent: formatCredits(spentMicro), held: formatCredits(heldMicro) };
}

/** All holds that stand. */
export async function holdsIn({ table }: Pick<Effects, 'table'>): Promise<Reservation[]> {
  const holds: Reservation[] = [];
  for (const shard of ALL_SHARDS) {
    for await (const row of table.query({ pk: reservationsPartition(shard) }))
      holds.push(rowToReservation(row));
  }
  return holds;
}
