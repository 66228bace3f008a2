import { type Purse, readAccount } from './budgets.ts';
import type { Effects } from './effects.ts';
import { warnedKey } from './rows/budget-row.ts';

/** From this share of a limit on, people are told that it will be reached. */
export const WARN_SHARE = 0.8;

/** Tells, once for each account and limit, that it is nearly spent. */
export async function warnIfNearlySpent(
  effects: Pick<Effects, 'table' | 'notify' | 'log'>,
  purses: Iterable<Purse>,
): Promise<void> {
  for (const { budget, account } of purses) {
    const { spentMicro } = await readAccount(effects.table, account);
    const { scope, limitMicro } = budget;
    if (spentMicro < WARN_SHARE * limitMicro) continue;
    const row = { ...warnedKey(account, limitMicro), spentMicro };
    const told = await effects.table.write([{ kind: 'put', row, onlyIf: { kind: 'absent' } }]);
    if (told.kind === 'refused') continue;
    effects.log.warn('budget nearly spent', { scope, account, spentMicro, limitMicro });
    effects.notify({ kind: 'budget-nearly-spent', scope, account, spentMicro, limitMicro });
  }
}
