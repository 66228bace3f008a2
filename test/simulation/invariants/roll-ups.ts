import type { Charge } from '../../../shared/domain/money/charge.ts';
import type { TableRow } from '../../../shared/pipeline/ports.ts';
import { type CostRollUp, rollUpOf, rowToCost } from '../../../shared/pipeline/rows/cost-row.ts';
import { chargeOf } from '../facts.ts';
import type { RowChange } from '../memory/memory-table.ts';
import type { Tell, Watch, Watched } from '../watch.ts';

/**
 * I5: roll-ups equal the sum of charges at every moment; so do the credits of the batch and of each item, and the batch's
 * counters equal its items. Each sum is kept up with every change, as a balance that must be zero after it.
 */
export function watchRollUps({ facts }: Watched, tell: Tell): Watch {
  const balances = new Map<string, number>();
  const touched = new Set<string>();

  function add(name: string, amount: number): void {
    if (amount === 0) return;
    balances.set(name, (balances.get(name) ?? 0) + amount);
    touched.add(name);
  }

  function count(row: TableRow | undefined, sign: 1 | -1): void {
    if (row === undefined) return;
    if (row.pk.startsWith('CHARGES#')) countCharge(row, sign);
    else if (row.pk.startsWith('COST#')) countAmounts(rowToCost(row), -sign);
    else if (row.sk.startsWith('ITEM#')) countItem(row, sign);
    else if (row.sk === 'PROGRESS') countProgress(row, sign);
  }

  function countCharge(row: TableRow, sign: number): void {
    const charge = chargeOf(row);
    const rollUp = rollUpOf(charge);
    countAmounts({ ...rollUp, amounts: { ...rollUp.amounts, wasteMicro: wasteOf(charge) } }, sign);
    for (const owner of ['batch', `row ${charge.row}`]) {
      add(`${owner}: credits`, sign * rollUp.amounts.creditsMicro);
      add(`${owner}: unknown credits`, sign * rollUp.amounts.unknownMaxMicro);
    }
  }

  function countAmounts({ day, outcome, amounts }: CostRollUp, sign: number): void {
    for (const [name, amount] of Object.entries(amounts)) add(`${day}, ${outcome}: ${name}`, sign * amount);
  }

  function countItem(row: TableRow, sign: number): void {
    add(`row ${row.row}: credits`, -sign * numberOf(row, 'creditsMicro'));
    add(`row ${row.row}: unknown credits`, -sign * numberOf(row, 'creditsMaxUnknownMicro'));
    if (row.state === 'done' || row.state === 'failed' || row.state === 'cancelled')
      add(`batch: ${row.state}`, sign);
  }

  function countProgress(row: TableRow, sign: number): void {
    add('batch: credits', -sign * numberOf(row, 'creditsMicro'));
    add('batch: unknown credits', -sign * numberOf(row, 'creditsMaxUnknownMicro'));
    for (const state of ['done', 'failed', 'cancelled']) add(`batch: ${state}`, -sign * numberOf(row, state));
  }

  function onRows(changes: readonly RowChange[]): void {
    for (const { before, after } of changes) {
      count(before, -1);
      count(after, 1);
    }
    for (const name of touched) {
      const balance = balances.get(name) ?? 0;
      if (balance !== 0) tell('I5', `${name}: charges and sums differ by ${balance}`);
    }
    touched.clear();
  }

  return {
    onRows,
    atEnd: () => {
      const booked = [...facts.items.values()].flatMap(({ charges }) => [...charges.values()]);
      const sum = booked.reduce((total, { creditsMicro }) => total + creditsMicro, 0);
      const perItem = [...facts.items.values()].reduce(
        (total, { stored }) => total + numberOf(stored, 'creditsMicro'),
        0,
      );
      if (sum !== perItem) tell('I5', `charges are ${sum} in all, and items ${perItem}`);
    },
  };
}

/** By a rule of its own: the code's would agree with itself, whatever it says. */
function wasteOf({ images, creditsMicro }: Charge): number {
  return images === 0 ? creditsMicro : 0;
}

function numberOf(row: TableRow, field: string): number {
  const value = row[field];
  return typeof value === 'number' ? value : 0;
}
