import type { BatchOptions } from '../shared/domain/batch.ts';
import { batchScope } from '../shared/domain/budget.ts';
import type { BatchId } from '../shared/domain/ids.ts';
import { formatCredits } from '../shared/domain/money.ts';
import { readBudget } from '../shared/pipeline/budgets.ts';
import type { Effects } from '../shared/pipeline/effects.ts';
import { setBudget } from '../shared/pipeline/set-budget.ts';

/** A batch that was submitted before takes the budget that it is now given. */
export async function applyBudget(
  effects: Pick<Effects, 'table' | 'clock'>,
  { batch, isNew }: { readonly batch: BatchId; readonly isNew: boolean },
  { budgetMicro }: BatchOptions,
  say: (line: string) => void,
): Promise<void> {
  if (isNew || budgetMicro === undefined) return;
  const scope = batchScope(batch);
  const before = await readBudget(effects.table, scope);
  if (before?.limitMicro === budgetMicro) return;
  await setBudget(effects, scope, budgetMicro);
  const was = before === undefined ? 'none' : formatCredits(before.limitMicro);
  say(`the budget of ${batch} is ${formatCredits(budgetMicro)} credits now (before: ${was})`);
}
