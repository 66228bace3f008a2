import { stringify } from 'csv-stringify/sync';
import { NO_COST } from './cost-report.ts';
import type { CostStatement } from './cost-statement.ts';
import { focusColumns } from './focus.ts';

export const COST_FORMATS = ['table', 'csv', 'json', 'focus'] as const;
export type CostFormat = (typeof COST_FORMATS)[number];

const FIGURES = ['creditsMicroPerImage', 'wasteShare', 'usdApprox', 'credits', 'usdPerCredit'] as const;
/** What a comma is for in a spreadsheet: between cells, or before decimals. */
type Decimal = '.' | ',';

/** A line for each group: dimensions, whole micro-credits, exact decimal credits, and dollars. Add new columns at the end. */
export function costCsv({ by, rows, currency, rateSource }: CostStatement, decimal: Decimal = '.'): string {
  const figures = [...Object.keys(NO_COST), ...FIGURES];
  const cellsOf = (row: (typeof rows)[number]) => {
    const values = new Map<string, unknown>(Object.entries(row));
    return [
      ...by.map((dimension) => values.get(dimension)),
      ...figures.map((name) => numberCell(values.get(name), decimal)),
      currency,
      rateSource,
    ];
  };
  return csvOf([...by, ...figures, 'currency', 'rateSource'], rows, cellsOf, decimal);
}

/** FOCUS 1.3: its mandatory columns, those of it that say more, and our own with `x_` before. */
export function focusCsv(statement: CostStatement, account: string): string {
  const { columns, cellsOf } = focusColumns(statement, account);
  return csvOf(columns, statement.rows, cellsOf, '.');
}

/** How spreadsheets of a language write decimals; undefined if it is no language. */
export function decimalOf(locale: string): Decimal | undefined {
  try {
    const parts = new Intl.NumberFormat(locale).formatToParts(1.5);
    return parts.some(({ type, value }) => type === 'decimal' && value === ',') ? ',' : '.';
  } catch {
    return undefined;
  }
}

function numberCell(value: unknown, decimal: Decimal): unknown {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'number' ? plainNumber(value) : String(value);
  return text.replace('.', decimal);
}

/** Never with an exponent, which not every reader takes. */
function plainNumber(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(12).replace(/\.?0+$/, '');
}

/** Lines written at once: of a year, all cells together would take hundreds of megabytes. */
const LINES_AT_ONCE = 1_000;

/** Cells that a spreadsheet would take for a formula are made harmless. Where decimals have commas, cells have semicolons. */
function csvOf<Row>(
  columns: readonly string[],
  rows: readonly Row[],
  cellsOf: (row: Row) => readonly unknown[],
  decimal: Decimal,
): string {
  const options = { escape_formulas: true, delimiter: decimal === ',' ? ';' : ',' };
  const parts = [stringify([[...columns]], { ...options, bom: decimal === ',' })];
  for (let from = 0; from < rows.length; from += LINES_AT_ONCE) {
    const cells = rows.slice(from, from + LINES_AT_ONCE).map((row) => [...cellsOf(row)]);
    parts.push(stringify(cells, options));
  }
  return parts.join('');
}
