/** A spreadsheet would run it: a cell that begins like a formula is data from outside. */
const FORMULA = /^[=+\-@\t\r＝＋－＠]/;

/** Cells as a line of CSV (RFC 4180), without its line break. What a spreadsheet would take for a formula has an apostrophe before it. */
export function csvLine(cells: readonly string[]): string {
  return cells.map(csvCell).join(',');
}

function csvCell(cell: string): string {
  const text = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
