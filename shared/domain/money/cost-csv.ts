import { stringify } from 'csv-stringify/sync';
import { NO_COST } from './cost-report.ts';
import type { CostStatement } from './cost-statement.ts';
import { focusRows } from './focus.ts';

export const COST_FORMATS = ['table', 'csv', 'json', 'focus'] as const;
export type CostFormat = (typeof COST_FORMATS)[number];

const FIGURES = ['creditsMicroPerImage', 'wasteShare', 'usdApprox', 'credits', 'usdPerCredit'] as const;
/** What a comma is for in a spreadsheet: between cells, or before decimals. */
type Decimal = '.' | ',';

/**
 * A line for each group: its dimensions, its amounts in whole micro-credits where the header says so, credits as an exact
 * decimal, and dollars with their rate and its source. New columns are added at the end.
 */
export function costCsv({ by, rows, currency, rateSource }: CostStatement, decimal: Decimal = '.'): string {
  const figures = [...Object.keys(NO_COST), ...FIGURES];
  const cells = rows.map((row) => {
    const values = new Map<string, unknown>(Object.entries(row));
    return [
      ...by.map((dimension) => values.get(dimension)),
      ...figures.map((name) => numberCell(values.get(name), decimal)),
      currency,
      rateSource,
    ];
  });
  return csvOf([...by, ...figures, 'currency', 'rateSource'], cells, decimal);
}

/** FOCUS 1.3: its mandatory columns, those of it that say more, and our own with `x_` before. */
export function focusCsv(statement: CostStatement, account: string): string {
  const { columns, rows } = focusRows(statement, account);
  return csvOf(columns, rows, '.');
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

/** Cells that a spreadsheet would take for a formula are made harmless. Where decimals have commas, cells have semicolons. */
function csvOf(columns: readonly string[], rows: readonly (readonly unknown[])[], decimal: Decimal): string {
  const language = decimal === ',' ? { delimiter: ';', bom: true } : {};
  return stringify([[...columns], ...rows.map((row) => [...row])], { escape_formulas: true, ...language });
}
