import type { SheetRow } from './sheet-rows.ts';
import { LINE_BREAK } from './sheet-text.ts';

/** A sheet as CSV (UTF-8); row 7 is line 7. Rows have as many cells as the first non-empty one, more only if filled. */
export async function* sheetAsCsv(rows: AsyncIterable<SheetRow>): AsyncGenerator<Buffer> {
  let line = 1;
  let columns: number | undefined;
  let text = '';
  for await (const { number, cells } of rows) {
    text += '\n'.repeat(number - line);
    line = number;
    const filled = cells.findLastIndex((cell) => cell.trim() !== '') + 1;
    if (filled > 0) {
      columns ??= filled;
      const all = Array.from({ length: Math.max(columns, filled) }, (_, index) => cells[index] ?? '');
      text += all.map(quoted).join(',');
    }
    if (text.length < CHUNK_CHARACTERS) continue;
    yield Buffer.from(text);
    text = '';
  }
  yield Buffer.from(`${text}\n`);
}

const CHUNK_CHARACTERS = 64 * 1024;

function quoted(cell: string): string {
  return `"${cell.replaceAll(/\r\n|\r|\n/g, LINE_BREAK).replaceAll('"', '""')}"`;
}
