import type { FileFormat, FilePosition, FileRecord, Piece } from '../format.ts';
import { csvRecords } from './csv-records.ts';
import { utf8Chunks } from './encoding.ts';
import { jsonElements } from './json-array.ts';
import { lineRecords } from './json-lines.ts';

/** Records from a position on; `bytes` begins at `from.byte`. Bad ones are rejected; each `next` continues with the same records. */
export async function* readRecords(
  bytes: AsyncIterable<Uint8Array>,
  format: FileFormat,
  from: FilePosition,
): AsyncGenerator<FileRecord> {
  if (from.done) return;
  let at = from;
  for await (const piece of piecesOf(utf8Chunks(bytes, format.encoding), format, from)) {
    const next = positionAfter(at, piece);
    const record = { row: next.row, line: at.line + piece.lineBreaksBefore, next };
    at = next;
    if (piece.content !== undefined) yield { ...piece.content, ...record };
  }
}

function piecesOf(
  chunks: AsyncIterable<Buffer>,
  format: FileFormat,
  { lostBytes }: FilePosition,
): AsyncIterable<Piece> {
  switch (format.kind) {
    case 'csv':
      return csvRecords(chunks, format, lostBytes);
    case 'json':
      return jsonElements(chunks, format);
    case 'jsonl':
    case 'txt':
      return lineRecords(chunks, format);
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
