import {
  accountAt,
  type Budget,
  type BudgetAccount,
  type BudgetScope,
  type BudgetTerms,
  countsIn,
} from '../../domain/money/budget.ts';
import { countedMicro } from '../../domain/money/charge.ts';
import { addDays, type DayWindow, dayOfMs } from '../../domain/time/calendar.ts';
import { firstBatchDay } from '../batch/batches.ts';
import type { Effects } from '../effects.ts';
import type { Table } from '../ports.ts';
import {
  accountKey,
  BUDGET_CHANGES,
  type BudgetChange,
  budgetChangeToRow,
  budgetKey,
  budgetToRow,
  rowToBudgetChange,
} from '../rows/budget-row.ts';
import { rowToAccounts, rowToCharge } from '../rows/charge-row.ts';
import { BUDGETS_FRESH_MS, readAccount, readBudget } from './budgets.ts';
import { eachLedgerRow } from './read-ledger.ts';

/** More than any worker's idea of the budgets is old. */
const KNOWN_TO_ALL_MS = BUDGETS_FRESH_MS + 1_000;
/** Who changed a budget, where the stage was not told. */
const NOT_KNOWN = '(not known)';
/** Nobody counts for so long, unless he is gone. */
const LEFT_MS = 600_000;

/** Sets a scope's limit. A new budget is inactive until every worker knows it and earlier spending is added up. */
export async function setBudget(
  effects: Pick<Effects, 'table' | 'clock'>,
  scope: BudgetScope,
  limitMicro: number,
  { who, ...terms }: BudgetTerms & Partial<Pick<BudgetChange, 'who'>> = {},
): Promise<void> {
  const { table, clock } = effects;
  await noteChange(effects, { scope, limitMicro, who: who ?? NOT_KNOWN, ...terms });
  const budget: Budget = { scope, limitMicro, state: 'counting', sinceMs: clock.now(), ...terms };
  const created = await table.write([{ kind: 'put', row: budgetToRow(budget), onlyIf: { kind: 'absent' } }]);
  if (created.kind === 'refused') {
    await table.write([
      { kind: 'update', key: budgetKey(scope), set: { limitMicro, ...terms }, onlyIf: { kind: 'present' } },
    ]);
    if ((await readBudget(table, scope))?.state !== 'counting') return;
  }
  await clock.sleep(KNOWN_TO_ALL_MS);
  await openBudget(effects, scope);
}

/** Sets a budget for what has not started to spend; one that there is already stays as it is. */
export async function openNewBudget(
  { table, clock }: Pick<Effects, 'table' | 'clock'>,
  scope: BudgetScope,
  limitMicro: number,
  who?: string,
): Promise<void> {
  const budget: Budget = { scope, limitMicro, state: 'open', sinceMs: clock.now() };
  await table.write([
    { kind: 'put', row: budgetToRow(budget), onlyIf: { kind: 'absent' } },
    { kind: 'put', row: budgetChangeToRow(changeNow(clock, { scope, limitMicro, who: who ?? NOT_KNOWN })) },
  ]);
}

/** Lifts the limit of a scope; `false` if there was none. */
export async function removeBudget(
  { table, clock }: Pick<Effects, 'table' | 'clock'>,
  scope: BudgetScope,
  who: string,
): Promise<boolean> {
  const result = await table.write([{ kind: 'delete', key: budgetKey(scope), onlyIf: { kind: 'present' } }]);
  if (result.kind === 'refused') return false;
  await noteChange({ table, clock }, { scope, who });
  return true;
}

async function noteChange(
  { table, clock }: Pick<Effects, 'table' | 'clock'>,
  change: Omit<BudgetChange, 'at'>,
): Promise<void> {
  await table.write([{ kind: 'put', row: budgetChangeToRow(changeNow(clock, change)) }]);
}

function changeNow(clock: Effects['clock'], change: Omit<BudgetChange, 'at'>): BudgetChange {
  return { ...change, at: new Date(clock.now()).toISOString() };
}

/** What people changed of budgets, the oldest first. */
export async function* budgetChanges(table: Pick<Table, 'query'>): AsyncIterable<BudgetChange> {
  for await (const row of table.query({ pk: BUDGET_CHANGES })) yield rowToBudgetChange(row);
}

/** Opens a budget whose count was started by someone who is gone: for a sweep, which may do so twice. */
export async function openIfLeft(
  effects: Pick<Effects, 'table' | 'clock'>,
  budget: Budget | undefined,
): Promise<void> {
  if (budget?.state !== 'counting' || effects.clock.now() - budget.sinceMs < LEFT_MS) return;
  await openBudget(effects, budget.scope);
}

/** Adds up what a scope has spent without being counted, and lets work begin against its budget. */
async function openBudget(
  { table, clock }: Pick<Effects, 'table' | 'clock'>,
  scope: BudgetScope,
): Promise<void> {
  const account = accountAt(scope, clock.now());
  const openingMicro = await uncountedMicro(table, scope, account, await windowOf(table, scope, clock.now()));
  const before = await readAccount(table, account);
  await table.write([
    {
      kind: 'update',
      key: budgetKey(scope),
      set: { state: 'open' },
      onlyIf: { kind: 'equals', field: 'state', value: 'counting' },
    },
    {
      kind: 'update',
      key: accountKey(account),
      set: { openingMicro },
      add: { usedMicro: openingMicro - before.openingMicro },
    },
  ]);
}

/** What charges of the scope come to that do not name the account: those that do are in it already. */
async function uncountedMicro(
  table: Pick<Table, 'query'>,
  scope: BudgetScope,
  account: BudgetAccount,
  window: DayWindow,
): Promise<number> {
  let micro = 0;
  await eachLedgerRow(table, window, (row) => {
    const charge = rowToCharge(row);
    if (countsIn(scope, charge) && !rowToAccounts(row).includes(account)) micro += countedMicro(charge);
  });
  return micro;
}

/** The days of the scope's present account, or all days on which anything was spent. */
async function windowOf(table: Pick<Table, 'query'>, scope: BudgetScope, nowMs: number): Promise<DayWindow> {
  const today = dayOfMs(nowMs);
  if (scope === 'day') return { from: today, to: today };
  // A day more, for workers whose clock is ahead.
  const to = addDays(today, 1);
  if (scope === 'month') return { from: `${today.slice(0, 7)}-01`, to };
  return { from: (await firstBatchDay(table)) ?? today, to };
}
