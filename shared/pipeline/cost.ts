import {
  addCost,
  type CostAmounts,
  type CostDimension,
  type CostReport,
  costReport,
  NO_COST,
} from '../domain/cost-report.ts';
import type { Table } from './ports.ts';
import { chargesPartition, rowToCharge } from './rows/charge-row.ts';
import { type CostRollUp, costPartition, rollUpOf, rowToCost } from './rows/cost-row.ts';
import { ALL_SHARDS } from './shards.ts';

/** Days from `from` to `to`, both included, as `2026-11-21` in UTC. */
export interface CostWindow {
  readonly from: string;
  readonly to: string;
}

/** Answers a cost question from the roll-ups. */
export async function askCost(
  table: Pick<Table, 'query'>,
  window: CostWindow,
  by: readonly CostDimension[],
): Promise<CostReport> {
  const rollUps: CostRollUp[] = [];
  for (const month of monthsOf(window)) {
    for await (const row of table.query({ pk: costPartition(month) })) rollUps.push(rowToCost(row));
  }
  return costReport(window, by, rollUps);
}

/** A roll-up that differs from the sum of its charges. */
export interface CostDifference {
  readonly day: string;
  readonly model: string;
  readonly batch: string;
  readonly outcome: string;
  readonly rollUp: CostAmounts;
  readonly charges: CostAmounts;
}

export interface CostVerification extends CostWindow {
  readonly charges: number;
  readonly creditsMicro: number;
  readonly differences: readonly CostDifference[];
}

/** Adds up the charges again, a day at a time, and compares them with the roll-ups (I5). */
export async function verifyCost(table: Pick<Table, 'query'>, window: CostWindow): Promise<CostVerification> {
  let charges = 0;
  let creditsMicro = 0;
  const differences: CostDifference[] = [];
  for (const day of daysOf(window)) {
    const fromCharges = new Map<string, CostRollUp>();
    for (const shard of ALL_SHARDS) {
      for await (const row of table.query({ pk: chargesPartition(day, shard) })) {
        const charge = rowToCharge(row);
        charges += 1;
        creditsMicro += charge.creditsMicro;
        gather(fromCharges, rollUpOf(charge));
      }
    }
    differences.push(...compare(await rollUpsOfDay(table, day), fromCharges));
  }
  return { ...window, charges, creditsMicro, differences };
}

async function rollUpsOfDay(table: Pick<Table, 'query'>, day: string): Promise<Map<string, CostRollUp>> {
  const gathered = new Map<string, CostRollUp>();
  const rows = table.query({ pk: costPartition(day.slice(0, 7)), skPrefix: `${day}#` });
  for await (const row of rows) gather(gathered, rowToCost(row));
  return gathered;
}

function gather(into: Map<string, CostRollUp>, rollUp: CostRollUp): void {
  const key = JSON.stringify([rollUp.model, rollUp.batch, rollUp.outcome]);
  const before = into.get(key)?.amounts ?? NO_COST;
  into.set(key, { ...rollUp, amounts: addCost(before, rollUp.amounts) });
}

function compare(rollUps: Map<string, CostRollUp>, charges: Map<string, CostRollUp>): CostDifference[] {
  const keys = [...new Set([...rollUps.keys(), ...charges.keys()])].sort();
  return keys.flatMap((key) => {
    const [rollUp, charge] = [rollUps.get(key), charges.get(key)];
    const one = rollUp ?? charge;
    if (one === undefined || sameCost(rollUp?.amounts ?? NO_COST, charge?.amounts ?? NO_COST)) return [];
    const { day, model, batch, outcome } = one;
    return [
      { day, model, batch, outcome, rollUp: rollUp?.amounts ?? NO_COST, charges: charge?.amounts ?? NO_COST },
    ];
  });
}

function sameCost(a: CostAmounts, b: CostAmounts): boolean {
  return (Object.keys(NO_COST) as (keyof CostAmounts)[]).every((name) => a[name] === b[name]);
}

function monthsOf(window: CostWindow): string[] {
  return [...new Set(daysOf(window).map((day) => day.slice(0, 7)))];
}

const DAY_MS = 86_400_000;

function daysOf({ from, to }: CostWindow): string[] {
  const days: string[] = [];
  for (let ms = Date.parse(from); ms <= Date.parse(to); ms += DAY_MS) {
    days.push(new Date(ms).toISOString().slice(0, 10));
  }
  return days;
}
