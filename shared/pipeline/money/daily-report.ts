import { costCsv } from '../../domain/money/cost-csv.ts';
import type { CostDimension } from '../../domain/money/cost-report.ts';
import { costStatement } from '../../domain/money/cost-statement.ts';
import { addDays, dayOfMs, daysIn } from '../../domain/time/calendar.ts';
import { UTC } from '../../domain/time/time-zone.ts';
import { firstBatchDay } from '../batch/batches.ts';
import type { Effects } from '../effects.ts';
import { queryCost } from './cost.ts';

/** Kept, unlike the answers beside it, which go after a month. */
const PREFIX = 'reports/daily/';
const BY: readonly CostDimension[] = [
  ...(['day', 'model', 'batch', 'outcome'] as const),
  ...(['provider', 'price', 'size', 'user'] as const),
];
/** Of a day with more, prices, sizes and users stay empty: eight days are written within the function's two minutes. */
const MOST_CHARGES_A_DAY = 50_000;
/** Calls that began before midnight have ended by then, and the leases of workers that died have run out. */
const FINAL_AFTER_MS = 30 * 60_000;
/** Days before the missing ones that are rewritten, because a late answer may have corrected them. */
const DAYS_REWRITTEN = 7;
/** After a longer standstill, what is missing from before is not made up for. */
const MOST_DAYS_BACK = 30;

/** Writes `reports/daily/<day>.{json,csv}` of each past UTC day without one, and those of the last week again. Idempotent. */
export async function writeDailyReports(
  effects: Pick<Effects, 'table' | 'store' | 'clock' | 'prices'>,
  mostCharges = MOST_CHARGES_A_DAY,
): Promise<string[]> {
  const last = addDays(dayOfMs(effects.clock.now() - FINAL_AFTER_MS), -1);
  if (await isWritten(effects, last)) return [];
  const first = await firstBatchDay(effects.table);
  if (first === undefined || first > last) return [];
  const days = daysIn({ from: await startOf(effects, first, last), to: last });
  // The last one tells that all are there.
  for (const day of days) await writeReport(effects, day, mostCharges);
  return days;
}

/** The day from which on reports have to be written. */
async function startOf(effects: Pick<Effects, 'store'>, first: string, last: string): Promise<string> {
  const earliest = later(first, addDays(last, -MOST_DAYS_BACK));
  let missing = last;
  while (missing > earliest && !(await isWritten(effects, addDays(missing, -1)))) {
    missing = addDays(missing, -1);
  }
  return later(earliest, addDays(missing, -DAYS_REWRITTEN));
}

async function isWritten({ store }: Pick<Effects, 'store'>, day: string): Promise<boolean> {
  return (await store.head(`${PREFIX}${day}.csv`)) !== undefined;
}

async function writeReport(
  effects: Pick<Effects, 'table' | 'store' | 'clock' | 'prices'>,
  day: string,
  mostCharges: number,
): Promise<void> {
  const asked = { from: day, to: day, by: BY, zone: UTC };
  const rolledUp = await queryCost(effects, { ...asked, source: 'roll-ups' });
  const isLarge = rolledUp.total.attempts > mostCharges;
  const statement = costStatement(isLarge ? rolledUp : await queryCost(effects, asked));
  const put = (extension: string, text: string, contentType: string) =>
    effects.store.put(`${PREFIX}${day}.${extension}`, Buffer.from(text), { contentType });
  await put('json', JSON.stringify(statement), 'application/json');
  await put('csv', [...costCsv(statement)].join(''), 'text/csv; charset=utf-8');
}

function later(a: string, b: string): string {
  return a > b ? a : b;
}
