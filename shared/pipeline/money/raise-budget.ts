import type { BatchOptions } from '../../domain/batch/batch.ts';
import type { BatchId } from '../../domain/ids.ts';
import { batchScope } from '../../domain/money/budget.ts';
import { creditsText } from '../../domain/money/money-text.ts';
import type { Effects } from '../effects.ts';
import { readBudget } from './budgets.ts';
import { setBudget } from './set-budget.ts';

/** Gives a batch that was submitted before the budget of this run, and says what changed. */
export async function applyBudget(
  effects: Pick<Effects, 'table' | 'clock'>,
  { batch, isNew }: { readonly batch: BatchId; readonly isNew: boolean },
  { budgetMicro, user }: Pick<BatchOptions, 'budgetMicro' | 'user'>,
  say: (line: string) => void,
): Promise<void> {
  if (isNew || budgetMicro === undefined) return;
  const scope = batchScope(batch);
  const before = await readBudget(effects.table, scope);
  if (before?.limitMicro === budgetMicro) return;
  await setBudget(effects, scope, budgetMicro, user === undefined ? {} : { who: user });
  const was = before === undefined ? '' : `from ${creditsText(before.limitMicro)} `;
  say(`Changed the budget of ${batch} ${was}to ${creditsText(budgetMicro)} credits`);
}
