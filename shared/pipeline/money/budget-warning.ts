import { type Budget, isEnforced, warningsOf } from '../../domain/money/budget.ts';
import type { Effects } from '../effects.ts';
import { warnedKey } from '../rows/budget-row.ts';
import { type Balance, type BudgetStatus, budgetStatuses, readAccount } from './budgets.ts';

/** Tells, once for each account, limit and share of it that is to be told, that so much is spent. */
export async function warnIfNearlySpent(
  effects: Pick<Effects, 'table' | 'notify' | 'log'>,
  balances: Iterable<Balance>,
): Promise<void> {
  for (const { budget, account } of balances) {
    const { spentMicro } = await readAccount(effects.table, account);
    const { scope, limitMicro } = budget;
    const reached = warningsOf(budget).filter((percent) => isSpent(percent, { spentMicro, limitMicro }));
    if (!(await noteWarnings(effects, { budget, account }, reached))) continue;
    effects.log.warn('budget nearly spent', { scope, account, spentMicro, limitMicro });
    const then = isEnforced(budget) ? {} : ({ atLimit: 'tell' } as const);
    effects.notify({ kind: 'budget-nearly-spent', scope, account, spentMicro, limitMicro, ...then });
  }
}

/** Whether the highest share was not told yet; what is below it needs no word of its own. */
async function noteWarnings(
  { table }: Pick<Effects, 'table'>,
  { budget: { limitMicro }, account }: Balance,
  [highest, ...lower]: readonly number[],
): Promise<boolean> {
  if (highest === undefined) return false;
  const row = { ...warnedKey(account, limitMicro, highest) };
  const told = await table.write([{ kind: 'put', row, onlyIf: { kind: 'absent' } }]);
  if (told.kind === 'refused') return false;
  for (const percent of lower)
    await table.write([{ kind: 'put', row: { ...warnedKey(account, limitMicro, percent) } }]);
  return true;
}

/** How many budgets are nearly spent or spent, among those that anything may be spent in now. */
export async function countNearlySpent(effects: Pick<Effects, 'table' | 'clock'>): Promise<number> {
  const statuses = await budgetStatuses(effects, 0);
  return statuses.filter((status) => isSpent(lastWarning(status), status)).length;
}

function lastWarning(budget: Budget): number {
  return warningsOf(budget)[0] ?? 100;
}

function isSpent(
  percent: number,
  { spentMicro, limitMicro }: Pick<BudgetStatus, 'spentMicro' | 'limitMicro'>,
): boolean {
  return spentMicro * 100 >= percent * limitMicro;
}
