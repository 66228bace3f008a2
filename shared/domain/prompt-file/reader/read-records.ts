import type { FileFormat, FilePosition, FileRecord, Piece } from '../format.ts';
import { csvRecords } from './csv-records.ts';
import { utf8Chunks } from './encoding.ts';

/** Records from a position on; `bytes` begins at `from.byte`. Bad ones are rejected; each `next` continues with the same records. */
export async function* readRecords(
  bytes: AsyncIterable<Uint8Array>,
  format: FileFormat,
  from: FilePosition,
): AsyncGenerator<FileRecord> {
  if (from.done) return;
  let at = from;
  for await (const piece of await piecesOf(utf8Chunks(bytes, format.encoding), format, from)) {
    const next = positionAfter(at, piece);
    const record = { row: next.row, line: at.line + piece.lineBreaksBefore, next };
    at = next;
    if (piece.content !== undefined) yield { ...piece.content, ...record };
  }
}

/** Most files are CSV: the readers of JSON, with all forms of requests, are loaded for theirs. */
async function piecesOf(
  chunks: AsyncIterable<Buffer>,
  format: FileFormat,
  { lostBytes }: FilePosition,
): Promise<AsyncIterable<Piece>> {
  switch (format.kind) {
    case 'csv':
      return csvRecords(chunks, format, lostBytes);
    case 'json': {
      const { jsonElements } = await import('./json-array.ts');
      return jsonElements(chunks, format);
    }
    case 'jsonl':
    case 'txt': {
      const { lineRecords } = await import('./json-lines.ts');
      return lineRecords(chunks, format);
    }
  }
}

function positionAfter(at: FilePosition, piece: Piece): FilePosition {
  return {
    byte: at.byte + piece.bytes,
    line: at.line + piece.lineBreaks,
    row: at.row + (piece.content === undefined ? 0 : 1),
    ...(piece.last && { done: true }),
    ...(piece.lostBytes !== undefined && { lostBytes: piece.lostBytes }),
  };
}
