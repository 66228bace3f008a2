import { type DayWindow, daysIn, monthOf } from '../../domain/time/calendar.ts';
import type { Table, TableRow } from '../ports.ts';
import { chargesPartition, rowToSummedCharge, SUMMED_FIELDS, type SummedCharge } from '../rows/charge-row.ts';
import { type CostRollUp, costPartitions, rowToCost } from '../rows/cost-row.ts';
import { ALL_SHARDS } from '../rows/shards.ts';

type Readable = Pick<Table, 'query'>;

/** Visits the charges of days in UTC with what is added up of them, in the order of `eachLedgerRow`. */
export async function eachCharge(
  table: Readable,
  window: DayWindow,
  visit: (charge: SummedCharge) => void,
): Promise<void> {
  await eachLedgerRow(table, window, (row) => visit(rowToSummedCharge(row)), SUMMED_FIELDS);
}

/** Visits the charges of UTC days, in no order within a day, a few pages at a time. Without `fields`, rows as they are. */
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
    // `$` stands right after the `#` that follows a day.
    const skBetween = [days[0] ?? '', `${days.at(-1)}$`] as const;
    await Promise.all(
      costPartitions(month).map(async (pk) => {
        for await (const row of table.query({ pk, skBetween })) visit(rowToCost(row));
      }),
    );
  }
}
