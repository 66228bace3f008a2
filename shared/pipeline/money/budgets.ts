import type { BatchId } from '../../domain/ids.ts';
import {
  accountAt,
  type Budget,
  type BudgetAccount,
  type BudgetScope,
  batchScope,
  countsIn,
  isEnforced,
  type Spender,
} from '../../domain/money/budget.ts';
import type { Charge } from '../../domain/money/charge.ts';
import { newestBatches, openBatches } from '../batch/batches.ts';
import type { Effects } from '../effects.ts';
import type { Table } from '../ports.ts';
import {
  type Account,
  accountKey,
  BUDGETS,
  budgetKey,
  rowToAccount,
  rowToBudget,
} from '../rows/budget-row.ts';

/** So many closed batches are looked through for budgets of their own. */
const NEWEST = 20;

/** How long a worker believes what it read of the budgets; whoever sets a new one waits until no worker can be unaware. */
export const BUDGETS_FRESH_MS = 2_000;

/** The budgets that may apply to a batch: its own, and all that are not a batch's. */
export async function readBudgets(table: Pick<Table, 'get' | 'query'>, batch: BatchId): Promise<Budget[]> {
  const own = await readBudget(table, batchScope(batch));
  return [...(await readSharedBudgets(table)), ...(own === undefined ? [] : [own])];
}

/** The budgets that are not a batch's. */
export async function readSharedBudgets(table: Pick<Table, 'query'>): Promise<Budget[]> {
  const budgets: Budget[] = [];
  for await (const row of table.query({ pk: BUDGETS })) budgets.push(rowToBudget(row));
  return budgets;
}

/** The budget of a scope; undefined if none is set. */
export async function readBudget(table: Pick<Table, 'get'>, scope: BudgetScope): Promise<Budget | undefined> {
  const row = await table.get(budgetKey(scope));
  return row === undefined ? undefined : rowToBudget(row);
}

export async function readAccount(table: Pick<Table, 'get'>, account: BudgetAccount): Promise<Account> {
  return rowToAccount(await table.get(accountKey(account)));
}

/** A budget and the account of it that is drawn on. */
export interface Balance {
  readonly budget: Budget;
  readonly account: BudgetAccount;
}

/** The accounts that a charge counts in beside those that were held for it. */
export function uncoveredAccounts(
  budgets: readonly Budget[],
  charge: Charge,
  covered: readonly BudgetAccount[],
): BudgetAccount[] {
  return balancesOf(budgets, charge, Date.parse(charge.at))
    .map(({ account }) => account)
    .filter((account) => !covered.includes(account));
}

/** The budgets that apply to what spends, with their accounts of that time. */
export function balancesOf(budgets: readonly Budget[], spender: Spender, atMs: number): Balance[] {
  return budgets
    .filter(({ scope }) => countsIn(scope, spender))
    .map((budget) => ({ budget, account: accountAt(budget.scope, atMs) }));
}

/** The balances that a call has to fit into. */
export function enforced(balances: readonly Balance[]): Balance[] {
  return balances.filter(({ budget }) => isEnforced(budget));
}

/** A budget with what its present account holds. */
export interface BudgetStatus extends Budget {
  readonly account: BudgetAccount;
  readonly spentMicro: number;
  readonly heldMicro: number;
}

/** Every budget with its present account: those of the newest batches and of open ones, and all that are not a batch's. */
export async function budgetStatuses(
  { table, clock }: Pick<Effects, 'table' | 'clock'>,
  closedBatches = NEWEST,
): Promise<BudgetStatus[]> {
  const batches = new Set<BatchId>();
  if (closedBatches > 0) for await (const batch of newestBatches(table, closedBatches)) batches.add(batch);
  for await (const batch of openBatches(table)) batches.add(batch);
  const own = await Promise.all([...batches].map((batch) => readBudget(table, batchScope(batch))));
  const budgets = [...(await readSharedBudgets(table)), ...own.filter((budget) => budget !== undefined)];
  return await Promise.all(budgets.map((budget) => statusOf({ table, clock }, budget)));
}

/** A budget with its present account. */
export async function statusOf(
  { table, clock }: Pick<Effects, 'table' | 'clock'>,
  budget: Budget,
): Promise<BudgetStatus> {
  const account = accountAt(budget.scope, clock.now());
  const { spentMicro, heldMicro } = await readAccount(table, account);
  return { ...budget, account, spentMicro, heldMicro };
}
