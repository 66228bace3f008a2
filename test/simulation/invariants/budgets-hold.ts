import { countedMicro } from '../../../shared/domain/money/charge.ts';
import type { TableRow } from '../../../shared/pipeline/ports.ts';
import { rowToAccounts, rowToCharge } from '../../../shared/pipeline/rows/charge-row.ts';
import type { RowChange } from '../memory/memory-table.ts';
import type { Process } from '../process.ts';
import type { Tell, Watch, Watched } from '../watch.ts';

/**
 * I6: charges and holds together never exceed a budget, nor does the provider's own bill; nobody closes what another holds
 * before it has run out; and when all is over nothing is held, and each account has spent what the charges come to that are
 * counted in it.
 */
export function watchBudgets({ scenario, table, facts, bill, now, actor }: Watched, tell: Tell): Watch {
  const limits = new Map<string, number>();
  /** Who made each reservation. */
  const holders = new Map<string, Process | undefined>();

  function onReservation({ key, before, after }: RowChange): void {
    if (before === undefined) holders.set(key.sk, actor());
    if (before?.state !== 'open' || after?.state === 'open') return;
    const holder = holders.get(key.sk);
    if (holder === actor() || numberOf(before, 'expiresAtMs') <= now() + scenario.skewMs) return;
    // On one machine, whoever starts knows that the one before is dead.
    if (scenario.stage === 'local' && holder?.dead) return;
    tell('I6', `${actor()?.name} closed ${key.sk}, which ${holder?.name} holds`);
  }

  function onBudget({ after }: RowChange): void {
    if (after !== undefined) limits.set(String(after.scope), Number(after.limitMicro));
  }

  function onAccount(row: TableRow): void {
    const used = numberOf(row, 'usedMicro');
    const held = numberOf(row, 'heldMicro');
    const limit = limits.get(scopeOf(row)) ?? Number.POSITIVE_INFINITY;
    if (used > limit) tell('I6', `${row.pk}: ${used} spent and held, and the limit is ${limit}`);
    if (held < 0) tell('I6', `${row.pk}: ${held} are held`);
  }

  return {
    onRows: (changes) => {
      for (const change of changes) {
        if (change.after?.limitMicro !== undefined && change.after.state !== undefined) onBudget(change);
        if (change.key.pk.startsWith('HOLD#')) onReservation(change);
        if (change.key.pk.startsWith('BUDGET#') && change.key.sk === 'BUDGET' && change.after)
          onAccount(change.after);
      }
    },
    onCall: () => {
      if (limits.size === 0) return;
      const billed = bill().reduce((sum, { creditsMicro }) => sum + creditsMicro, 0);
      for (const [scope, limit] of limits) {
        if (billed > limit) tell('I6', `${billed} were billed, and the budget ${scope} is ${limit}`);
      }
    },
    atEnd: () => {
      const rows = [...table.rows()];
      for (const { pk, sk } of rows) if (pk.startsWith('HOLD#')) tell('I6', `hold ${sk} was not released`);
      const charges = rows.filter(({ pk }) => pk.startsWith('CHARGES#'));
      for (const account of rows.filter(({ pk, sk }) => pk.startsWith('BUDGET#') && sk === 'BUDGET')) {
        const name = account.pk.slice('BUDGET#'.length);
        const counted = charges
          .filter((row) => rowToAccounts(row).some((each) => each === name))
          .map(rowToCharge);
        const spent = counted.reduce((sum, charge) => sum + countedMicro(charge), 0);
        const held = numberOf(account, 'heldMicro');
        if (held !== 0) tell('I6', `${account.pk}: ${held} are still held at the end`);
        const used = numberOf(account, 'usedMicro') - held;
        if (used !== spent) tell('I6', `${account.pk}: ${used} spent, and its charges come to ${spent}`);
        if (counted.length < facts.chargeCount())
          tell('I6', `${account.pk}: only ${counted.length} charges are counted in it`);
      }
    },
  };
}

/** `day:2026-11-21` is of the scope `day`; a batch's account is named as its scope. */
function scopeOf({ pk }: TableRow): string {
  const account = pk.slice('BUDGET#'.length);
  return account.startsWith('day:') ? 'day' : account;
}

function numberOf(row: TableRow, field: string): number {
  const value = row[field];
  return typeof value === 'number' ? value : 0;
}
