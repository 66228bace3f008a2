/** A spreadsheet would run it: a cell that begins like a formula is data from outside. */
const FORMULA = /^[=+\-@\t\r＝＋－＠]/;

/** Nothing is an empty cell. */
type Cell = string | number | null | undefined;

/** Cells as a line of CSV (RFC 4180), without its line break. Text that a spreadsheet would take for a formula has an apostrophe before it. */
export function csvLine(cells: readonly Cell[], delimiter = ','): string {
  return cells.map((cell) => csvCell(cell, delimiter)).join(delimiter);
}

/** A table as CSV: its columns, then a line for each row. */
export function csvTable<Column extends string>(
  columns: readonly Column[],
  rows: readonly Readonly<Partial<Record<Column, Cell>>>[],
): string {
  const lines = rows.map((row) => csvLine(columns.map((column) => row[column])));
  return `${[csvLine(columns), ...lines].join('\n')}\n`;
}

function csvCell(cell: Cell, delimiter: string): string {
  if (typeof cell !== 'string') return String(cell ?? '');
  const text = FORMULA.test(cell) ? `'${cell}` : cell;
  return text.includes(delimiter) || /["\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
