import { decodeUtf8, tooLong } from '../cells.ts';
import { type JsonFormat, MAX_RECORD_BYTES, type Piece, type RecordContent, rejected } from '../format.ts';
import { jsonContent } from '../json/json-content.ts';
import { bytesInFile } from './encoding.ts';
import { createElementScan } from './json-element-scan.ts';
import { countLineBreaks, pendingBytes } from './pending-bytes.ts';

/** Cuts a JSON array (UTF-8), from after its `[` or any element, into elements, one at a time. */
export async function* jsonElements(
  chunks: AsyncIterable<Buffer>,
  format: JsonFormat,
): AsyncGenerator<Piece> {
  const cutter = createCutter(format);
  for await (const chunk of chunks) {
    for (const piece of cutter.cut(chunk)) {
      yield piece;
      if (piece.last) return;
    }
  }
  const rest = cutter.rest();
  if (rest !== undefined) yield rest;
}

function createCutter(format: JsonFormat) {
  const pending = pendingBytes();
  const scan = createElementScan();
  let passed = { bytes: 0, breaks: 0 };
  let before = 0;

  /** The bytes since the last piece; what precedes the element is not part of its text. */
  function piece(content: (text: Buffer) => RecordContent | undefined, last?: true): Piece {
    const raw = pending.take();
    const bytes = passed.bytes + bytesInFile(raw, format.encoding);
    const lineBreaks = passed.breaks + countLineBreaks(raw, '\n');
    const isTooLong = passed.bytes > 0 || raw.length - before > MAX_RECORD_BYTES;
    const lineBreaksBefore = isTooLong ? 0 : countLineBreaks(raw.subarray(0, before), '\n');
    const said = isTooLong ? tooLong('element', bytes, MAX_RECORD_BYTES) : content(raw.subarray(before));
    passed = { bytes: 0, breaks: 0 };
    before = 0;
    return { bytes, lineBreaks, lineBreaksBefore, content: said, ...(last && { last }) };
  }

  function* cut(chunk: Buffer): Generator<Piece> {
    let from = 0;
    for (const found of scan.push(chunk)) {
      const start = pending.length();
      pending.add(chunk.subarray(from, found.at));
      if (found.kind === 'begin') before = start + found.at - from;
      from = found.at;
      if (found.kind === 'end') yield piece((text) => elementContent(text, format));
      if (found.kind === 'after') {
        before = pending.length();
        pending.add(chunk.subarray(from));
        yield piece(
          () => rejected('text follows the ] that ends the array: nothing from here on was read'),
          true,
        );
        return;
      }
    }
    pending.add(chunk.subarray(from));
    if (pending.length() <= MAX_RECORD_BYTES) return;
    const held = pending.take();
    const bytes = passed.bytes + bytesInFile(held, format.encoding);
    passed = { bytes, breaks: passed.breaks + countLineBreaks(held, '\n') };
  }

  function rest(): Piece | undefined {
    if (scan.state() === 'over') return undefined;
    const where = scan.state() === 'inside' ? 'in the middle of this element' : 'before the ] of its array';
    return piece(() => rejected(`the file ends ${where}: it is cut off`), true);
  }

  return { cut, rest };
}

function elementContent(raw: Buffer, { data = [] }: JsonFormat): RecordContent {
  const text = decodeUtf8(raw);
  if (text === undefined) return rejected('element is not valid UTF-8: save the file as UTF-8');
  return jsonContent(text, { what: 'element', prompts: true, data });
}
