/** A table for people: columns as wide as their widest cell, numbers to the right. */
export function textTable(
  header: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const cells = [header, ...rows.map((row) => row.map(String))];
  const widths = header.map((_, column) => Math.max(...cells.map((row) => (row[column] ?? '').length)));
  const toTheRight = header.map((_, column) => rows.length > 0 && rows.every((row) => isNumber(row[column])));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return toTheRight[column] ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  return `${cells.map(line).join('\n')}\n`;
}

function isNumber(cell: string | number | undefined): boolean {
  return typeof cell === 'number' || /^(-|-?[\d,]+(\.\d+)?)$/.test(cell ?? '');
}
