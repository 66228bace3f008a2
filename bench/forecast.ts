/**
 * Back-tests the forecast: on each day of a ledger of 13 months, what would have been said of its month (and quarter), beside
 * what it came to. Arguments: number of charges, and a folder that is kept and used again. One line of JSON a month, then the
 * share of ends within low and high: of all forecasts, and of those made on one day of each month. Exit 1 below 9 of 10.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../shared/aws/system-clock.ts';
import { modelCatalog } from '../shared/domain/calls/models.ts';
import { type ForecastPeriod, periodAround } from '../shared/domain/money/forecast.ts';
import { priceList } from '../shared/domain/money/prices.ts';
import { addDays, daysIn } from '../shared/domain/time/calendar.ts';
import { eachRollUp } from '../shared/pipeline/money/read-ledger.ts';
import { forecastCost } from '../shared/pipeline/plan/forecast.ts';
import { FIRST_DAY, LAST_DAY } from './money/charges.ts';
import { openLedger } from './money/ledger.ts';

const CHARGES = Number(process.argv[2] ?? 1_000_000);
const DAYS = [1, 8, 15, 22];
const ENOUGH = 0.9;
const home = process.argv[3] ?? mkdtempSync(join(tmpdir(), 'pressrun-bench-'));
const { table, close } = await openLedger(home, CHARGES);

const spent = new Map<string, number>();
await eachRollUp(table, { from: FIRST_DAY, to: LAST_DAY }, ({ day, amounts }) =>
  spent.set(day, (spent.get(day) ?? 0) + amounts.creditsMicro),
);
for (const period of ['month', 'quarter'] as const) await backTest(period);
await close();
if (process.argv[3] === undefined) rmSync(home, { recursive: true });

/** Every day after the first two weeks, seen from its last second, that isn't the last of its period. */
async function backTest(period: ForecastPeriod): Promise<void> {
  const tested = daysIn({ from: addDays(FIRST_DAY, 14), to: LAST_DAY }).filter((day) => {
    const { to } = periodAround(period, day);
    return day < to && to <= LAST_DAY;
  });
  const readings: {
    readonly day: string;
    readonly isWithin: boolean;
    readonly off: number;
    readonly width: number;
  }[] = [];
  for (const day of tested) {
    const nowMs = Date.parse(`${day}T23:59:59.000Z`);
    const clock = { ...systemClock(), now: () => nowMs };
    const { from, to, total } = await forecastCost(
      { table, clock, models: modelCatalog(), prices: priceList() },
      period,
    );
    const real = daysIn({ from, to }).reduce((sum, each) => sum + (spent.get(each) ?? 0), 0);
    readings.push({
      day,
      isWithin: total.lowMicro <= real && real <= total.highMicro,
      off: total.expectedMicro / real - 1,
      width: (total.highMicro - total.lowMicro) / real,
    });
  }
  for (const [month, ofMonth] of Map.groupBy(readings, ({ day }) => day.slice(0, 7)))
    print({ period, month, ...summary(ofMonth) });
  for (const madeOn of DAYS) {
    const ofDay = readings.filter(({ day }) => Number(day.slice(8)) === madeOn);
    print({ period, madeOn, ...summary(ofDay) });
    if (summary(ofDay).within < ENOUGH) process.exitCode = 1;
  }
  print({ period, ...summary(readings) });
}

function summary(
  readings: readonly { readonly isWithin: boolean; readonly off: number; readonly width: number }[],
) {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    forecasts: readings.length,
    within: Number(mean(readings.map(({ isWithin }) => (isWithin ? 1 : 0))).toFixed(3)),
    offByMean: Number(mean(readings.map(({ off }) => Math.abs(off))).toFixed(3)),
    widthMean: Number(mean(readings.map(({ width }) => width)).toFixed(3)),
  };
}

function print(reading: object): void {
  process.stdout.write(`${JSON.stringify(reading)}\n`);
}
