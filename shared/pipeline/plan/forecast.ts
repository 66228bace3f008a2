import { planGatherer } from '../../domain/batch/plan.ts';
import { findModel } from '../../domain/calls/models.ts';
import type { Item } from '../../domain/item/item.ts';
import { type Budget, countsIn } from '../../domain/money/budget.ts';
import { countedMicro } from '../../domain/money/charge.ts';
import {
  type AmountRange,
  addRanges,
  type BudgetForecast,
  beyond,
  dayReached,
  type Forecast,
  type ForecastPeriod,
  NO_AMOUNT,
  periodAround,
  USUAL_DAYS,
  usualSpend,
} from '../../domain/money/forecast.ts';
import { priceOn } from '../../domain/money/prices.ts';
import { scheduledAfter } from '../../domain/schedule/scheduled-times.ts';
import { addDays, dayOfMs, daysIn } from '../../domain/time/calendar.ts';
import { UTC } from '../../domain/time/time-zone.ts';
import { textBytes } from '../../provider/http/request-body.ts';
import { itemsOf } from '../batch/batch-items.ts';
import { firstBatchDay, openBatches, readBatch } from '../batch/batches.ts';
import type { Effects } from '../effects.ts';
import { budgetStatuses } from '../money/budgets.ts';
import { queryCost } from '../money/cost.ts';
import { eachCharge, eachRollUp } from '../money/read-ledger.ts';
import { scheduleHistory } from '../schedule/schedule-history.ts';
import { allSchedules, newestRuns } from '../schedule/schedules.ts';
import { measureHistory } from './history.ts';

type Forecaster = Pick<Effects, 'table' | 'clock' | 'models' | 'prices'>;

const DAY_MS = 86_400_000;
/** So many runs say what one costs; a run every minute for a quarter is counted no further. */
const RUNS_MEASURED = 10;
const MOST_RUNS = 100_000;
/** Budgets without an end are looked at for a year. */
const DAYS_AHEAD = 366;

/** What the day, month or quarter (in UTC) will cost to its end, and when budgets will be reached. Writes nothing. */
export async function forecastCost(effects: Forecaster, period: ForecastPeriod): Promise<Forecast> {
  const nowMs = effects.clock.now();
  const today = dayOfMs(nowMs);
  const window = periodAround(period, today);
  const endMs = Date.parse(window.to) + DAY_MS;
  const { scheduled, batches } = await forecastSchedules(effects, nowMs, endMs);
  const { spent, dailyMicro } = await spending(effects, window.from, today, batches);
  const { queued, queuedIn } = await forecastQueue(effects);
  const days = (endMs - nowMs) / DAY_MS;
  const usual = beyond(usualSpend(dailyMicro, days), queued);
  const statuses = await budgetStatuses(effects);
  const daily = await dailyIn(effects, statuses, today, dailyMicro.length);
  const budgets = statuses.map((budget): BudgetForecast => {
    const { scope, limitMicro, spentMicro } = budget;
    const [queuedMicro, dayMicro] = [queuedIn(budget), daily(budget)];
    const lastDay = lastDayOf(budget, today);
    const expected = { queuedMicro, dailyMicro: dayMicro };
    const reachedOn = dayReached(limitMicro - spentMicro, expected, nowMs, lastDay);
    return { scope, limitMicro, spentMicro, queuedMicro, dailyMicro: dayMicro, reachedOn };
  });
  return {
    period,
    ...window,
    asOf: new Date(nowMs).toISOString(),
    spent,
    queued,
    scheduled,
    usual: { ...usual, measuredDays: dailyMicro.length },
    total: addRanges(spent, queued, scheduled, usual),
    budgets,
  };
}

/** How many items and charges a forecast reads one by one. */
export async function rowsToForecast(effects: Forecaster): Promise<number> {
  let rows = 0;
  for await (const id of openBatches(effects.table)) rows += (await readBatch(effects.table, id))?.items ?? 0;
  if ((await budgetStatuses(effects)).length === 0) return rows;
  const today = dayOfMs(effects.clock.now());
  const days = { from: addDays(today, -USUAL_DAYS), to: addDays(today, -1) };
  return rows + (await queryCost(effects, { ...days, by: [], zone: UTC })).total.attempts;
}

/** What is booked in the period, and the totals of the days before today that no schedule made. */
async function spending(
  { table }: Pick<Effects, 'table'>,
  from: string,
  today: string,
  ofSchedules: ReadonlySet<string>,
) {
  const first = (await firstBatchDay(table)) ?? today;
  const usualFrom = addDays(today, -USUAL_DAYS) > first ? addDays(today, -USUAL_DAYS) : first;
  const daily = new Map<string, number>(
    usualFrom < today ? daysIn({ from: usualFrom, to: addDays(today, -1) }).map((day) => [day, 0]) : [],
  );
  let [spentMicro, unknownMicro] = [0, 0];
  await eachRollUp(
    table,
    { from: from < usualFrom ? from : usualFrom, to: today },
    ({ day, batch, amounts }) => {
      const before = daily.get(day);
      if (before !== undefined && !ofSchedules.has(batch)) daily.set(day, before + amounts.creditsMicro);
      if (day < from) return;
      spentMicro += amounts.creditsMicro;
      unknownMicro += amounts.unknownMaxMicro;
    },
  );
  const spent = { lowMicro: spentMicro, expectedMicro: spentMicro, highMicro: spentMicro + unknownMicro };
  return { spent, dailyMicro: [...daily.values()] };
}

/** The items that are not finished, priced as a plan expects it. */
async function forecastQueue(effects: Forecaster) {
  const { table } = effects;
  const budgets = await budgetStatuses(effects);
  const history = await measureHistory(effects);
  const gathered: ReturnType<typeof planGatherer>[] = [];
  for await (const batch of openBatches(table)) {
    const gatherer = planGatherer(history, budgets, batch);
    for await (const item of itemsOf(table, batch)) if (isOpen(item)) addItem(effects, gatherer, item);
    gathered.push(gatherer);
  }
  const models = gathered.flatMap((each) => each.models());
  const items = models.reduce((sum, model) => sum + model.items, 0);
  const priced = models.filter(({ expectedMicro }) => expectedMicro !== undefined);
  const amounts = priced.map(({ lowMicro = 0, expectedMicro = 0, highMicro = expectedMicro }) => ({
    lowMicro: Math.min(lowMicro, expectedMicro),
    expectedMicro,
    highMicro,
  }));
  const unpriced = items - priced.reduce((sum, model) => sum + model.items, 0);
  const inScope = gathered.flatMap((each) => each.budgets(() => 0));
  return {
    queued: { ...addRanges(...amounts), items, unpriced },
    queuedIn: ({ scope }: Budget) =>
      inScope.reduce((sum, each) => sum + (each.scope === scope ? (each.expectedMicro ?? 0) : 0), 0),
  };
}

function isOpen({ state }: Item): boolean {
  return state.kind === 'queued' || state.kind === 'working';
}

function addItem(
  { models, prices, clock }: Forecaster,
  gatherer: ReturnType<typeof planGatherer>,
  item: Item,
) {
  const profile = findModel(models, item.settings.model);
  if (profile === undefined) return;
  const price = priceOn(prices, item.settings.model, dayOfMs(clock.now()));
  gatherer.add(item, { profile, price, promptBytes: textBytes({ ...item, profile, plain: false }) });
}

/** The runs until the end, each as dear as the newest ones were; and the batches that schedules made. */
async function forecastSchedules({ table }: Pick<Effects, 'table'>, nowMs: number, endMs: number) {
  const batches = new Set<string>();
  let [amount, runs, unpriced]: [AmountRange, number, number] = [NO_AMOUNT, 0, 0];
  for await (const schedule of allSchedules(table)) {
    await addBatches(table, schedule.name, batches);
    const count = schedule.paused ? 0 : runsUntil(scheduledAfter(schedule, nowMs), endMs);
    const costs = count === 0 ? [] : await costsOfRuns(table, schedule.name);
    runs += count;
    if (costs.length === 0) unpriced += count;
    else amount = addRanges(amount, ofRuns(count, costs));
  }
  return { scheduled: { ...amount, runs, unpriced }, batches };
}

async function addBatches(table: Effects['table'], schedule: string, into: Set<string>): Promise<void> {
  for await (const run of newestRuns(table, schedule)) if (run.state === 'submitted') into.add(run.batch);
}

/** What the newest runs cost whose batches are complete, in µcr. */
async function costsOfRuns(table: Effects['table'], schedule: string): Promise<number[]> {
  const costs: number[] = [];
  for await (const run of scheduleHistory(table, schedule, RUNS_MEASURED)) {
    if (run.state === 'submitted' && run.batchState === 'complete') costs.push(run.creditsMicro);
  }
  return costs;
}

function ofRuns(count: number, costs: readonly number[]): AmountRange {
  const mean = costs.reduce((sum, cost) => sum + cost, 0) / costs.length;
  return {
    lowMicro: count * Math.min(...costs),
    expectedMicro: Math.round(count * mean),
    highMicro: count * Math.max(...costs),
  };
}

function runsUntil(moments: Iterable<number>, endMs: number): number {
  let runs = 0;
  for (const ms of moments) {
    if (ms >= endMs || runs >= MOST_RUNS) break;
    runs += 1;
  }
  return runs;
}

/** What was spent in the scope of each budget a day: from charges, since roll-ups know no users, tags or schedules. */
async function dailyIn(
  { table }: Pick<Effects, 'table'>,
  budgets: readonly Budget[],
  today: string,
  days: number,
): Promise<(budget: Budget) => number> {
  const sums = new Map(budgets.map(({ scope }) => [scope, 0]));
  if (budgets.length > 0 && days > 0) {
    const window = { from: addDays(today, -days), to: addDays(today, -1) };
    await eachCharge(table, window, (charge) => {
      const counted = countedMicro(charge);
      for (const { scope } of budgets) {
        if (countsIn(scope, charge)) sums.set(scope, (sums.get(scope) ?? 0) + counted);
      }
    });
  }
  return ({ scope }) => (days === 0 ? 0 : Math.round((sums.get(scope) ?? 0) / days));
}

/** The last day of the account that a budget draws on now. */
function lastDayOf({ scope }: Budget, today: string): string {
  if (scope === 'day') return today;
  return scope === 'month' ? periodAround('month', today).to : addDays(today, DAYS_AHEAD);
}
