import { addDays, addMonths, type DayWindow } from '../time/calendar.ts';
import type { StatementLine } from './statement-line.ts';

/** A statement's sum by day or month (empty for a total) and model (empty if it has none). */
export interface StatementSum {
  readonly day: string;
  readonly model: string;
  /** As in `StatementLine`. */
  readonly amount: number;
  readonly lines: number;
}

/** Adds up a statement by period and model, keeping no lines. */
export function statementSums() {
  const sums = new Map<string, StatementSum>();
  let decimals = 0;
  return {
    /** `false` if the sum would be inexact; then nothing was added. */
    add: (line: StatementLine): boolean => {
      const { day, model } = line;
      const key = JSON.stringify([day, model]);
      const before = sums.get(key);
      const amount = (before?.amount ?? 0) + line.amount;
      if (!Number.isSafeInteger(amount)) return false;
      sums.set(key, { day, model, amount, lines: (before?.lines ?? 0) + 1 });
      decimals = Math.max(decimals, line.decimals);
      return true;
    },
    sums: (): StatementSum[] => [...sums.values()],
    /** The most decimals of any amount. */
    decimals: (): number => decimals,
  };
}

export function dimensionsOf(
  sums: readonly Pick<StatementSum, 'day' | 'model'>[],
): ('day' | 'month' | 'model')[] {
  const period = sums.some(({ day }) => isMonth(day)) ? 'month' : 'day';
  return [
    ...(sums.some(({ day }) => day !== '') ? [period as 'day' | 'month'] : []),
    ...(sums.some(({ model }) => model !== '') ? ['model' as const] : []),
  ];
}

/** Its first and last day; undefined for a total. */
export function windowOfStatement(sums: readonly Pick<StatementSum, 'day'>[]): DayWindow | undefined {
  const days = sums
    .map(({ day }) => day)
    .filter((day) => day !== '')
    .sort();
  const [from, to] = [days[0], days.at(-1)];
  return from === undefined || to === undefined ? undefined : { from: firstDay(from), to: lastDay(to) };
}

/** Months only partly in the window: comparing them says nothing. */
export function monthsInPart(
  sums: readonly Pick<StatementSum, 'day'>[],
  { from, to }: DayWindow,
  today: string,
): string[] {
  const months = new Set(sums.map(({ day }) => day).filter(isMonth));
  const isInPart = (month: string) => {
    const [first, last] = [firstDay(month), lastDay(month)];
    const isTouched = last >= from && first <= to;
    return isTouched && (from > first || (to < last && to < today));
  };
  return [...months].filter(isInPart).sort();
}

export function firstDay(period: string): string {
  return isMonth(period) ? `${period}-01` : period;
}

export function lastDay(period: string): string {
  return isMonth(period) ? addDays(addMonths(`${period}-01`, 1), -1) : period;
}

export function isMonth(period: string): boolean {
  return period.length === 'YYYY-MM'.length;
}
