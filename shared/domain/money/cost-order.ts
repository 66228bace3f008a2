import { NO_COST } from './cost-report.ts';
import type { CostStatement } from './cost-statement.ts';

type Row = CostStatement['rows'][number];

/** By what lines can be ordered besides their dimensions, as people say it. */
const FIGURES: Readonly<Record<string, keyof Row>> = {
  ...Object.fromEntries(Object.keys(NO_COST).map((name) => [name, name])),
  credits: 'creditsMicro',
  waste: 'wasteMicro',
  unknown: 'unknownMaxMicro',
  usd: 'usdApprox',
  'per-image': 'creditsMicroPerImage',
};
export const COST_ORDERS: readonly string[] = [
  'credits',
  'images',
  'attempts',
  'waste',
  'unknown',
  'usd',
  'per-image',
];

/** An order of lines: by a figure, the largest first, or by a dimension, from A on; `-` before it turns it round. */
export interface CostOrder {
  readonly column: keyof Row;
  readonly descending: boolean;
}

/** Reads an order; undefined if it names no column of these lines. */
export function parseCostOrder(text: string, by: CostStatement['by']): CostOrder | undefined {
  const isReversed = text.startsWith('-');
  const name = isReversed ? text.slice(1) : text;
  const figure = Object.hasOwn(FIGURES, name) ? FIGURES[name] : undefined;
  if (figure !== undefined) return { column: figure, descending: !isReversed };
  const dimension = by.find((each) => each === name);
  return dimension && { column: dimension, descending: isReversed };
}

/** Orders the lines of a statement. Lines that are equal in it stay in the order of their dimensions. */
export function ordered(statement: CostStatement, { column, descending }: CostOrder): CostStatement {
  const sign = descending ? -1 : 1;
  const rows = [...statement.rows].sort((a, b) => sign * compare(a[column], b[column]));
  return { ...statement, rows };
}

function compare(a: Row[keyof Row], b: Row[keyof Row]): number {
  if (a === b) return 0;
  // What has no figure, such as the cost of an image if there is none, is below all that have one.
  if (a === null || a === undefined) return -1;
  if (b === null || b === undefined) return 1;
  return a < b ? -1 : 1;
}

/** The first lines after those that are skipped; how many follow them is said, and the total stays that of all. */
export function topOf(statement: CostStatement, count: number, skip = 0): CostStatement {
  const leftOut = Math.max(0, statement.rows.length - skip - count);
  const rows = statement.rows.slice(skip, skip + count);
  return leftOut === 0 ? { ...statement, rows } : { ...statement, rows, leftOut };
}
