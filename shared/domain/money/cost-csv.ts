import { stringify } from 'csv-stringify/sync';
import { NO_COST } from './cost-report.ts';
import type { CostStatement } from './cost-statement.ts';
import { focusRows } from './focus.ts';

export const COST_FORMATS = ['table', 'csv', 'json', 'focus'] as const;
export type CostFormat = (typeof COST_FORMATS)[number];

/** A line for each group; money in whole micro-credits, as the header says. */
export function costCsv({ by, rows }: CostStatement): string {
  const figures = ['creditsMicroPerImage', 'wasteShare', 'usdApprox'];
  const columns = [...by, ...Object.keys(NO_COST), ...figures];
  const cells = rows.map((row) => new Map<string, unknown>(Object.entries(row)));
  return csvOf(
    columns,
    cells.map((row) => columns.map((column) => row.get(column))),
  );
}

/** FOCUS 1.2: its mandatory columns, those of it that say more, and our own with `x_` before. */
export function focusCsv(statement: CostStatement, account: string): string {
  const { columns, rows } = focusRows(statement, account);
  return csvOf(columns, rows);
}

/** Cells that a spreadsheet would take for a formula are made harmless. */
function csvOf(columns: readonly string[], rows: readonly (readonly unknown[])[]): string {
  return stringify([[...columns], ...rows.map((row) => [...row])], { escape_formulas: true });
}
