import { csvLine } from '../csv-line.ts';
import { AMOUNTS } from './cost-report.ts';
import type { CostStatement } from './cost-statement.ts';
import { focusColumns } from './focus.ts';

export const COST_FORMATS = ['table', 'csv', 'json', 'focus'] as const;
export type CostFormat = (typeof COST_FORMATS)[number];

const FIGURES = ['creditsMicroPerImage', 'wasteShare', 'usdApprox', 'credits', 'usdPerCredit'] as const;
/** A CSV in parts of some lines. */
export type CsvText = Generator<string, undefined>;

/** What a comma is for in a spreadsheet: between cells, or before decimals. */
type Decimal = '.' | ',';

/** A line for each group: dimensions, whole micro-credits, exact decimal credits, and dollars. Add new columns at the end. */
export function costCsv({ by, rows, currency, rateSource }: CostStatement, decimal: Decimal = '.'): CsvText {
  const figures = [...AMOUNTS, ...FIGURES];
  const cellsOf = (row: CostStatement['rows'][number]) => [
    ...by.map((dimension) => row[dimension]),
    ...figures.map((name) => numberCell(row[name], decimal)),
    currency,
    rateSource,
  ];
  return csvOf([...by, ...figures, 'currency', 'rateSource'], rows, cellsOf, decimal);
}

/** FOCUS 1.3: its mandatory columns, those of it that say more, and our own with `x_` before. */
export function focusCsv(statement: CostStatement, account: string): CsvText {
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

function numberCell(value: string | number | null, decimal: Decimal): string {
  const text = typeof value === 'number' ? plainNumber(value) : (value ?? '');
  return decimal === '.' ? text : text.replace('.', decimal);
}

/** Never with an exponent, which not every reader takes. */
function plainNumber(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(12).replace(/\.?0+$/, '');
}

/** Lines of one part: of a year, the whole text would take hundreds of megabytes. */
const LINES_OF_PART = 1_000;

/** Where decimals have commas, cells have semicolons, and a mark before all tells a spreadsheet that it is UTF-8. */
function* csvOf<Row>(
  columns: readonly string[],
  rows: readonly Row[],
  cellsOf: (row: Row) => Parameters<typeof csvLine>[0],
  decimal: Decimal,
): CsvText {
  const delimiter = decimal === ',' ? ';' : ',';
  yield `${decimal === ',' ? '\ufeff' : ''}${csvLine(columns, delimiter)}\n`;
  for (let from = 0; from < rows.length; from += LINES_OF_PART) {
    const lines = rows.slice(from, from + LINES_OF_PART).map((row) => csvLine(cellsOf(row), delimiter));
    yield `${lines.join('\n')}\n`;
  }
}
