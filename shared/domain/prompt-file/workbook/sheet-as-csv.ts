import { textChunks } from '../../text-chunks.ts';
import type { SheetRow } from './sheet-rows.ts';
import { LINE_BREAK } from './sheet-text.ts';

/** A sheet as CSV (UTF-8); row 7 is line 7. Rows have as many cells as the first non-empty one, more only if filled. */
export function sheetAsCsv(rows: AsyncIterable<SheetRow>): AsyncGenerator<Buffer> {
  return textChunks(csvLines(rows));
}

async function* csvLines(rows: AsyncIterable<SheetRow>): AsyncGenerator<string> {
  let line = 1;
  let columns: number | undefined;
  for await (const { number, cells } of rows) {
    yield '\n'.repeat(number - line);
    line = number;
    const filled = cells.findLastIndex((cell) => cell.trim() !== '') + 1;
    if (filled === 0) continue;
    columns ??= filled;
    const all = Array.from({ length: Math.max(columns, filled) }, (_, index) => cells[index] ?? '');
    yield all.map(quoted).join(',');
  }
  yield '\n';
}

function quoted(cell: string): string {
  return `"${cell.replaceAll(/\r\n|\r|\n/g, LINE_BREAK).replaceAll('"', '""')}"`;
}
