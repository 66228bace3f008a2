import type { BatchOptions } from '../../shared/domain/batch/batch.ts';
import type { BatchId } from '../../shared/domain/ids.ts';
import { batchScope } from '../../shared/domain/money/budget.ts';
import { formatCredits } from '../../shared/domain/money/money.ts';
import type { Effects } from '../../shared/pipeline/effects.ts';
import { readBudget } from '../../shared/pipeline/money/budgets.ts';
import { setBudget } from '../../shared/pipeline/money/set-budget.ts';

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
