import { type DayWindow, daysIn, monthOf } from '../../domain/time/calendar.ts';
import type { Table, TableRow } from '../ports.ts';
import { chargesPartition, rowToSummedCharge, SUMMED_FIELDS, type SummedCharge } from '../rows/charge-row.ts';
import { type CostRollUp, costPartition, rowToCost } from '../rows/cost-row.ts';
import { ALL_SHARDS } from '../rows/shards.ts';

type Readable = Pick<Table, 'query'>;

/** A month's roll-ups are read in two parts at once. */
const DAYS_OF_PART = 16;

/** Visits the charges of days in UTC with what is added up of them, in the order of `eachLedgerRow`. */
export async function eachCharge(
  table: Readable,
  window: DayWindow,
  visit: (charge: SummedCharge) => void,
): Promise<void> {
  await eachLedgerRow(table, window, (row) => visit(rowToSummedCharge(row)), SUMMED_FIELDS);
}

/**
 * Visits the rows of the charges of days in UTC, day by day, the shards of a day at once and so in no order: table and
 * process work at the same time. No more than a few pages are held. Without `fields`, a row is read as it stands.
 */
export async function eachLedgerRow(
  table: Readable,
  window: DayWindow,
  visit: (row: TableRow) => void,
  fields?: readonly string[],
): Promise<void> {
  const asked = fields === undefined ? {} : { fields };
  for (const day of daysIn(window)) {
    await Promise.all(
      ALL_SHARDS.map(async (shard) => {
        for await (const row of table.query({ pk: chargesPartition(day, shard), ...asked })) visit(row);
      }),
    );
  }
}

/** Visits the roll-ups of days in UTC, in no order within a month. */
export async function eachRollUp(
  table: Readable,
  window: DayWindow,
  visit: (rollUp: CostRollUp) => void,
): Promise<void> {
  const months = Map.groupBy(daysIn(window), monthOf);
  for (const [month, days] of months) {
    await Promise.all(
      partsOf(days).map(async (part) => {
        // `$` stands right after the `#` that follows a day.
        const skBetween = [part[0] ?? '', `${part.at(-1)}$`] as const;
        for await (const row of table.query({ pk: costPartition(month), skBetween })) visit(rowToCost(row));
      }),
    );
  }
}

function partsOf(days: readonly string[]): string[][] {
  const parts = Math.ceil(days.length / DAYS_OF_PART);
  return Array.from({ length: parts }, (_, nth) => days.slice(nth * DAYS_OF_PART, (nth + 1) * DAYS_OF_PART));
}
