/** A spreadsheet would run a cell that begins so. */
const FORMULA = /^[=+\-@\t\r＝＋－＠]/;

type Cell = string | number | null | undefined;

/** A CSV line (RFC 4180) without its line break. Formulas get an apostrophe. */
export function csvLine(cells: readonly Cell[], delimiter = ','): string {
  return cells.map((cell) => csvCell(cell, delimiter)).join(delimiter);
}

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
