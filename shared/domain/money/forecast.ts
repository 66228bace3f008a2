import { addDays, addMonths, dayOfMs, monthOf } from '../time/calendar.ts';
import type { BudgetScope } from './budget.ts';

export const FORECAST_PERIODS = ['day', 'month', 'quarter'] as const;
export type ForecastPeriod = (typeof FORECAST_PERIODS)[number];

/** An amount that is not certain, in µcr. */
export interface AmountRange {
  readonly lowMicro: number;
  readonly expectedMicro: number;
  readonly highMicro: number;
}

export const NO_AMOUNT: AmountRange = { lowMicro: 0, expectedMicro: 0, highMicro: 0 };

/** What a period will cost to its end, by where it comes from. */
export interface Forecast {
  readonly period: ForecastPeriod;
  /** Its first and last day, in UTC. */
  readonly from: string;
  readonly to: string;
  readonly asOf: string;
  /** Booked so far; at most, with all that calls without a response may have cost. */
  readonly spent: AmountRange;
  /** Items that are accepted and not finished; `unpriced` are those that nobody can price. */
  readonly queued: AmountRange & { readonly items: number; readonly unpriced: number };
  /** Runs of schedules until the end; `unpriced` are of schedules that have not run yet. */
  readonly scheduled: AmountRange & { readonly runs: number; readonly unpriced: number };
  /** What else is usual: measured on so many days before. */
  readonly usual: AmountRange & { readonly measuredDays: number };
  readonly total: AmountRange;
  readonly budgets: readonly BudgetForecast[];
}

/** When a budget will be reached, if spending goes on as it did. */
export interface BudgetForecast {
  readonly scope: BudgetScope;
  readonly limitMicro: number;
  readonly spentMicro: number;
  /** What is queued in its scope. */
  readonly queuedMicro: number;
  /** What was spent in its scope a day. */
  readonly dailyMicro: number;
  /** The day on which it is reached; null if it is not within its period, or within a year. */
  readonly reachedOn: string | null;
}

/** The days of a period that a day is in. */
export function periodAround(
  period: ForecastPeriod,
  day: string,
): { readonly from: string; readonly to: string } {
  switch (period) {
    case 'day':
      return { from: day, to: day };
    case 'month':
      return daysOfMonths(`${monthOf(day)}-01`, 1);
    case 'quarter': {
      const month = Math.floor((Number(day.slice(5, 7)) - 1) / 3) * 3 + 1;
      return daysOfMonths(`${day.slice(0, 4)}-${String(month).padStart(2, '0')}-01`, 3);
    }
  }
}

function daysOfMonths(from: string, months: number) {
  return { from, to: addDays(addMonths(from, months), -1) };
}

/** So many days say what is usual now; spending of longer ago says less than it misleads. */
export const USUAL_DAYS = 28;
/** Days of a week that differ, and batches that go on for days, vary less from week to week than from day to day, or more. */
const BLOCK_DAYS = 7;
/** Of a normal distribution, 95 in 100 lie within it; a few weeks know their own spread badly. */
const SPREADS = 2.2;

/** What `days` (or parts) will cost if they are as the days before: the mean, and how far sums stray from it. */
export function usualSpend(dailyMicro: readonly number[], days: number): AmountRange {
  const count = dailyMicro.length;
  if (count === 0 || days <= 0) return NO_AMOUNT;
  const mean = meanOf(dailyMicro);
  const blocks = blockSums(dailyMicro);
  // A short history has seen few of the rare days that cost most.
  const unseen = Math.max(1, USUAL_DAYS / count);
  const variance = unseen * Math.max(varianceOf(dailyMicro), varianceOf(blocks) / BLOCK_DAYS);
  const spread = SPREADS * Math.sqrt(variance * (days + (days * days) / count));
  const expected = mean * days;
  return {
    lowMicro: Math.max(0, Math.floor(expected - spread)),
    expectedMicro: Math.round(expected),
    highMicro: Math.ceil(expected + spread),
  };
}

function blockSums(daily: readonly number[]): number[] {
  const blocks = Math.floor(daily.length / BLOCK_DAYS);
  return Array.from({ length: blocks }, (_, nth) => {
    const end = daily.length - nth * BLOCK_DAYS;
    return daily.slice(end - BLOCK_DAYS, end).reduce((sum, each) => sum + each, 0);
  });
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, each) => sum + each, 0) / values.length;
}

/** Of a sample. */
function varianceOf(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const mean = meanOf(values);
  return values.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (values.length - 1);
}

export function addRanges(...ranges: readonly AmountRange[]): AmountRange {
  return ranges.reduce(
    (a, b) => ({
      lowMicro: a.lowMicro + b.lowMicro,
      expectedMicro: a.expectedMicro + b.expectedMicro,
      highMicro: a.highMicro + b.highMicro,
    }),
    NO_AMOUNT,
  );
}

/** What is usual, without what is known already; no part is below zero. */
export function beyond(usual: AmountRange, known: AmountRange): AmountRange {
  return {
    lowMicro: Math.max(0, usual.lowMicro - known.expectedMicro),
    expectedMicro: Math.max(0, usual.expectedMicro - known.expectedMicro),
    highMicro: Math.max(0, usual.highMicro - known.expectedMicro),
  };
}

/** The day on which what is left is spent: first what is queued, then so much a day. */
export function dayReached(
  leftMicro: number,
  { queuedMicro, dailyMicro }: Pick<BudgetForecast, 'queuedMicro' | 'dailyMicro'>,
  nowMs: number,
  lastDay: string,
): string | null {
  const rest = Math.max(0, leftMicro - queuedMicro);
  if (rest > 0 && dailyMicro <= 0) return null;
  const days = rest === 0 ? 0 : Math.min(rest / dailyMicro, MOST_DAYS);
  const day = dayOfMs(nowMs + days * DAY_MS);
  return day <= lastDay ? day : null;
}

const DAY_MS = 86_400_000;
const MOST_DAYS = 10_000;
