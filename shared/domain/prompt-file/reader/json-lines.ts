import { decodeUtf8, tooLong } from '../cells.ts';
import {
  type JsonFormat,
  MAX_RECORD_BYTES,
  type Piece,
  type PromptListFormat,
  type RecordContent,
  rejected,
} from '../format.ts';
import { jsonContent } from '../json/json-content.ts';
import { bytesInFile } from './encoding.ts';
import { pendingBytes } from './pending-bytes.ts';
import { promptContent } from './prompt-list.ts';

const LINE_FEED = 0x0a;

/** Cuts JSON lines (UTF-8) or a list of prompts into records and blank lines. Skips lines over 16 MiB. */
export async function* lineRecords(
  chunks: AsyncIterable<Buffer>,
  format: JsonFormat | PromptListFormat,
): AsyncGenerator<Piece> {
  const pending = pendingBytes();
  const lineBreak = format.kind === 'txt' ? format.lineBreak.charCodeAt(0) : LINE_FEED;
  let passedOver = 0;
  for await (const chunk of chunks) {
    let at = 0;
    for (let end = chunk.indexOf(lineBreak); end >= 0; end = chunk.indexOf(lineBreak, at)) {
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

function linePiece(raw: Buffer, passedOver: number, format: JsonFormat | PromptListFormat): Piece {
  const bytes = passedOver + bytesInFile(raw, format.encoding);
  return {
    bytes,
    lineBreaks: raw.at(-1) === LINE_FEED || (format.kind === 'txt' && raw.at(-1) === 0x0d) ? 1 : 0,
    lineBreaksBefore: 0,
    content:
      passedOver > 0 || raw.length > MAX_RECORD_BYTES
        ? tooLong('line', bytes, MAX_RECORD_BYTES)
        : lineContent(raw, format),
  };
}

function lineContent(raw: Buffer, format: JsonFormat | PromptListFormat): RecordContent | undefined {
  const text = decodeUtf8(raw);
  if (text === undefined) return rejected('line is not valid UTF-8: save the file as UTF-8');
  if (text.trim() === '') return undefined;
  if (format.kind === 'txt') return promptContent(text.trim());
  return jsonContent(text, { what: 'line', prompts: false, data: format.data ?? [] });
}
