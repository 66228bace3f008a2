import * as z from 'zod/mini';
import {
  type AccountSums,
  type Budget,
  type BudgetAccount,
  type BudgetScope,
  type BudgetTerms,
  batchOfScope,
  LIMIT_ACTIONS,
  parseBudgetScope,
} from '../../domain/money/budget.ts';
import type { TableKey, TableRow } from '../ports.ts';
import { count, type Fields, parseRow } from './fields.ts';

/** A stage's budgets without those of batches: a few rows. */
export const BUDGETS = 'BUDGETS';

const scope = z.custom<BudgetScope>(
  (value) => typeof value === 'string' && parseBudgetScope(value) !== undefined,
);
const budgetRow = z.object({
  scope,
  limitMicro: count,
  state: z.enum(['open', 'counting']),
  sinceMs: count,
  warnAt: z.exactOptional(z.array(z.number())),
  atLimit: z.exactOptional(z.enum(LIMIT_ACTIONS)),
} satisfies Fields<Budget>);

/** The journal of budget changes, by time. */
export const BUDGET_CHANGES = 'BUDGET-CHANGES';

/** A limit that was set or lifted. */
export interface BudgetChange extends BudgetTerms {
  readonly scope: BudgetScope;
  readonly at: string;
  readonly who: string;
  /** Missing if lifted. */
  readonly limitMicro?: number;
}

const changeRow = z.object({
  scope,
  at: z.string(),
  who: z.string(),
  limitMicro: z.exactOptional(count),
  warnAt: z.exactOptional(z.array(z.number())),
  atLimit: z.exactOptional(z.enum(LIMIT_ACTIONS)),
} satisfies Fields<BudgetChange>);

export function budgetChangeToRow(change: BudgetChange): TableRow {
  return { pk: BUDGET_CHANGES, sk: `${change.at}#${change.scope}`, ...change };
}

export function rowToBudgetChange(row: TableRow): BudgetChange {
  return parseRow(changeRow, row);
}

/** A budget's balance. `usedMicro` is spent plus reserved, guarded by one condition; `openingMicro` was spent before counting. */
export interface Account extends AccountSums {
  readonly usedMicro: number;
  readonly openingMicro: number;
}

const amount = z._default(z.int(), 0);
const accountRow = z.object({ usedMicro: amount, heldMicro: amount, openingMicro: amount });

export const BATCH_BUDGET = 'BUDGET';

export function budgetKey(scope: BudgetScope): TableKey {
  const batch = batchOfScope(scope);
  return batch === undefined ? { pk: BUDGETS, sk: scope } : { pk: `BATCH#${batch}`, sk: BATCH_BUDGET };
}

export function budgetToRow(budget: Budget): TableRow {
  return { ...budgetKey(budget.scope), ...budget };
}

export function rowToBudget(row: TableRow): Budget {
  return parseRow(budgetRow, row);
}

export function accountKey(account: BudgetAccount): TableKey {
  return { pk: `BUDGET#${account}`, sk: 'BUDGET' };
}

/** Written once so many per cent are spent; whoever writes it reports it. */
export function warnedKey(account: BudgetAccount, limitMicro: number, percent: number): TableKey {
  return { pk: `BUDGET#${account}`, sk: `WARNED#${limitMicro}#${percent}` };
}

/** An unused balance has no row. */
export function rowToAccount(row: TableRow | undefined): Account {
  if (row === undefined) return { usedMicro: 0, heldMicro: 0, openingMicro: 0, spentMicro: 0 };
  const { usedMicro, heldMicro, openingMicro } = parseRow(accountRow, row);
  return { usedMicro, heldMicro, openingMicro, spentMicro: usedMicro - heldMicro };
}
