import { addDays, addMonths, type DayWindow } from '../time/calendar.ts';
import type { StatementLine } from './statement-line.ts';

/** What a statement says of a day or month (empty in a total) and a model (empty if it tells none apart). */
export interface StatementSum {
  readonly day: string;
  readonly model: string;
  /** As in `StatementLine`. */
  readonly amount: number;
  readonly lines: number;
}

/** Adds up a statement by period and model: holds a figure for each of these, and no line. */
export function statementSums() {
  const sums = new Map<string, StatementSum>();
  let decimals = 0;
  return {
    /** `false` where the sum would no longer be exact; then nothing was added. */
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
    /** The decimals that amounts have at most: what it is rounded to. */
    decimals: (): number => decimals,
  };
}

/** What a statement tells apart. */
export function dimensionsOf(
  sums: readonly Pick<StatementSum, 'day' | 'model'>[],
): ('day' | 'month' | 'model')[] {
  const period = sums.some(({ day }) => isMonth(day)) ? 'month' : 'day';
  return [
    ...(sums.some(({ day }) => day !== '') ? [period as 'day' | 'month'] : []),
    ...(sums.some(({ model }) => model !== '') ? ['model' as const] : []),
  ];
}

/** The first and the last day that a statement speaks of; undefined for a total. */
export function windowOfStatement(sums: readonly Pick<StatementSum, 'day'>[]): DayWindow | undefined {
  const days = sums
    .map(({ day }) => day)
    .filter((day) => day !== '')
    .sort();
  const [from, to] = [days[0], days.at(-1)];
  return from === undefined || to === undefined ? undefined : { from: firstDay(from), to: lastDay(to) };
}

/** The months of a statement that a window holds in part only: their comparison would say nothing. */
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
