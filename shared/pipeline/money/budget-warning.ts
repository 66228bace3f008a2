import type { Effects } from '../effects.ts';
import { warnedKey } from '../rows/budget-row.ts';
import { type Balance, type BudgetStatus, budgetStatuses, readAccount } from './budgets.ts';

/** From this share of a limit on, people are told that it will be reached. */
const WARN_SHARE = 0.8;

/** Tells, once for each account and limit, that it is nearly spent. */
export async function warnIfNearlySpent(
  effects: Pick<Effects, 'table' | 'notify' | 'log'>,
  balances: Iterable<Balance>,
): Promise<void> {
  for (const { budget, account } of balances) {
    const { spentMicro } = await readAccount(effects.table, account);
    const { scope, limitMicro } = budget;
    if (!isNearlySpent({ spentMicro, limitMicro })) continue;
    const row = { ...warnedKey(account, limitMicro), spentMicro };
    const told = await effects.table.write([{ kind: 'put', row, onlyIf: { kind: 'absent' } }]);
    if (told.kind === 'refused') continue;
    effects.log.warn('budget nearly spent', { scope, account, spentMicro, limitMicro });
    effects.notify({ kind: 'budget-nearly-spent', scope, account, spentMicro, limitMicro });
  }
}

/** How many budgets are nearly spent or spent, among those that anything may be spent in now. */
export async function countNearlySpent(effects: Pick<Effects, 'table' | 'clock'>): Promise<number> {
  const statuses = await budgetStatuses(effects, 0);
  return statuses.filter(isNearlySpent).length;
}

function isNearlySpent({ spentMicro, limitMicro }: Pick<BudgetStatus, 'spentMicro' | 'limitMicro'>): boolean {
  return spentMicro >= WARN_SHARE * limitMicro;
}
