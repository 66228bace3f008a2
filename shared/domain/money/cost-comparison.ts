import { addDays, addMonths, type DayWindow, daysIn, monthOf } from '../time/calendar.ts';
import type { CostDimension } from './cost-report.ts';
import type { CostStatement } from './cost-statement.ts';
import { grouped } from './grouped.ts';

/** Credits of one group in two windows, in µcr. */
export interface ComparedLine {
  readonly creditsMicro: number;
  readonly beforeMicro: number;
  /** `creditsMicro` less `beforeMicro`. */
  readonly differenceMicro: number;
  /** The difference as a share of `beforeMicro`; null where that is nothing. */
  readonly change: number | null;
  readonly images: number;
  readonly beforeImages: number;
}

export interface CostComparison extends DayWindow {
  /** What it is compared with. */
  readonly before: DayWindow;
  readonly by: readonly CostDimension[];
  readonly tz: string;
  readonly rows: readonly (Readonly<Partial<Record<CostDimension, string>>> & ComparedLine)[];
  readonly total: ComparedLine;
}

type Amounts = Pick<CostStatement['total'], 'creditsMicro' | 'images'>;

const NOTHING: Amounts = { creditsMicro: 0, images: 0 };

/** Two statements by the same dimensions, line by line: what is in one of them only is compared with nothing. */
export function compareCosts(now: CostStatement, before: CostStatement): CostComparison {
  const { from, to, by, tz } = now;
  const keyOf = (row: CostStatement['rows'][number]) => by.map((dimension) => row[dimension] ?? '');
  const sides = grouped(() => ({ now: NOTHING, before: NOTHING }));
  for (const row of now.rows) sides.at(keyOf(row)).now = row;
  for (const row of before.rows) sides.at(keyOf(row)).before = row;
  return {
    from,
    to,
    before: { from: before.from, to: before.to },
    by,
    tz,
    rows: Array.from(sides.entries(), ([key, side]) => ({
      ...Object.fromEntries(by.map((dimension, index) => [dimension, key[index] ?? ''])),
      ...compared(side.now, side.before),
    })),
    total: compared(now.total, before.total),
  };
}

function compared(now: Amounts, before: Amounts): ComparedLine {
  const differenceMicro = now.creditsMicro - before.creditsMicro;
  const change =
    before.creditsMicro === 0 ? null : Number((differenceMicro / before.creditsMicro).toFixed(6));
  return {
    creditsMicro: now.creditsMicro,
    beforeMicro: before.creditsMicro,
    differenceMicro,
    change,
    images: now.images,
    beforeImages: before.images,
  };
}

/** The window before this one, as long as it; of whole months, as many months. */
export function windowBefore({ from, to }: DayWindow): DayWindow {
  const end = addDays(from, -1);
  const isWholeMonths = from.endsWith('-01') && addDays(to, 1).endsWith('-01');
  if (!isWholeMonths) return { from: addDays(from, -daysIn({ from, to }).length), to: end };
  const months = new Set(daysIn({ from, to }).map(monthOf)).size;
  return { from: addMonths(from, -months), to: end };
}
