import { createHash } from 'node:crypto';
import { modelCatalog } from '../../shared/domain/calls/models.ts';
import type { Item, ItemRef } from '../../shared/domain/item/item.ts';
import { type Charge, unknownMaxMicro } from '../../shared/domain/money/charge.ts';
import { addDays, type DayWindow, dayOfMs, daysIn } from '../../shared/domain/time/calendar.ts';
import type { Effects } from '../../shared/pipeline/effects.ts';
import { type CostVerification, verifyCost } from '../../shared/pipeline/money/cost.ts';
import { chargesPartition, rowToCharge } from '../../shared/pipeline/rows/charge-row.ts';
import { ALL_SHARDS } from '../../shared/pipeline/rows/shards.ts';
import { promptText } from '../../shared/provider/http/request-body.ts';
import { NOON_MS } from './test-clock.ts';
import type { World } from './world.ts';

/** The days that a test's clock can come to. */
export const WINDOW: DayWindow = { from: dayOfMs(NOON_MS), to: addDays(dayOfMs(NOON_MS), 2) };

/** Every charge there is, the earliest first. */
export async function chargesIn(
  { table }: Pick<Effects, 'table'>,
  window: DayWindow = WINDOW,
): Promise<Charge[]> {
  const charges: Charge[] = [];
  for (const day of daysIn(window)) {
    for (const shard of ALL_SHARDS) {
      for await (const row of table.query({ pk: chargesPartition(day, shard) }))
        charges.push(rowToCharge(row));
    }
  }
  return charges.sort((a, b) => a.at.localeCompare(b.at));
}

export async function outcomesIn(effects: Pick<Effects, 'table'>): Promise<string[]> {
  return (await chargesIn(effects)).map(({ outcome }) => outcome);
}

/** Recomputes the roll-ups over all days of the test. */
export function verify({ table }: Pick<Effects, 'table'>): Promise<CostVerification> {
  return verifyCost(table, WINDOW);
}

export function sumMicro(amounts: readonly { readonly creditsMicro: number }[]): number {
  return amounts.reduce((sum, { creditsMicro }) => sum + creditsMicro, 0);
}

/** Where ledger and bill differ by more than the ledger itself says is open, prompt by prompt. */
export function disputes(
  world: Pick<World, 'simulator'>,
  items: readonly Item[],
  charges: readonly Charge[],
): object[] {
  const bill = sumBy(
    world.simulator.bill(),
    (entry) => entry.promptSha256 ?? '',
    (entry) => entry.creditsMicro,
  );
  const hashes = new Map(items.map((item) => [itemName(item), promptHash(item)]));
  const hashOf = (charge: Charge) => hashes.get(itemName(charge)) ?? 'of no item';
  const ledger = sumBy(charges, hashOf, (charge) => charge.creditsMicro);
  const open = sumBy(charges, hashOf, (charge) => unknownMaxMicro(charge, charge.outcome));
  return [...new Set([...bill.keys(), ...ledger.keys()])].flatMap((prompt) => {
    const [billed, booked, doubt] = [bill, ledger, open].map((sums) => sums.get(prompt) ?? 0) as [
      number,
      number,
      number,
    ];
    return billed >= booked && billed <= booked + doubt ? [] : [{ prompt, billed, booked, doubt }];
  });
}

/** The same of an item and of its charges. */
export function itemName({ batch, row, variant }: ItemRef): string {
  return `${batch}#${row}#${variant}`;
}

/** As the bill has it. */
export function promptHash({ prompt, settings, references }: Item): string {
  const profile = modelCatalog().get(settings.model);
  if (profile === undefined) throw new Error(`no model ${settings.model}`);
  return createHash('sha256')
    .update(promptText({ prompt, profile, settings, references, plain: false }))
    .digest('hex');
}

function sumBy<Entry>(
  entries: Iterable<Entry>,
  keyOf: (entry: Entry) => string,
  amountOf: (entry: Entry) => number,
): Map<string, number> {
  const sums = new Map<string, number>();
  for (const entry of entries) {
    const key = keyOf(entry);
    sums.set(key, (sums.get(key) ?? 0) + amountOf(entry));
  }
  return sums;
}
