import { decodeUtf8, tooLong } from '../cells.ts';
import {
  type JsonLinesFormat,
  MAX_RECORD_BYTES,
  type Piece,
  type RecordContent,
  rejected,
} from '../format.ts';
import { bytesInFile } from './encoding.ts';
import { jsonContent } from './json-content.ts';
import { pendingBytes } from './pending-bytes.ts';

const LINE_FEED = 0x0a;

/** Cuts JSON lines (UTF-8) into records and blank lines. A line over 16 MiB is passed over without being held. */
export async function* jsonLines(
  chunks: AsyncIterable<Buffer>,
  format: JsonLinesFormat,
): AsyncGenerator<Piece> {
  const pending = pendingBytes();
  let passedOver = 0;
  for await (const chunk of chunks) {
    let at = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, at)) {
      pending.add(chunk.subarray(at, end + 1));
      at = end + 1;
      yield linePiece(pending.take(), passedOver, format);
      passedOver = 0;
    }
    pending.add(chunk.subarray(at));
    if (pending.length() > MAX_RECORD_BYTES) passedOver += bytesInFile(pending.take(), format.encoding);
  }
  if (passedOver + pending.length() > 0) yield linePiece(pending.take(), passedOver, format);
}

function linePiece(raw: Buffer, passedOver: number, format: JsonLinesFormat): Piece {
  const bytes = passedOver + bytesInFile(raw, format.encoding);
  return {
    bytes,
    lineBreaks: raw.at(-1) === LINE_FEED ? 1 : 0,
    lineBreaksBefore: 0,
    content:
      passedOver > 0 || raw.length > MAX_RECORD_BYTES
        ? tooLong('line', bytes, MAX_RECORD_BYTES)
        : lineContent(raw),
  };
}

function lineContent(raw: Buffer): RecordContent | undefined {
  const text = decodeUtf8(raw);
  if (text === undefined) return rejected('line is not valid UTF-8: save the file as UTF-8');
  return text.trim() === '' ? undefined : jsonContent(text);
}
