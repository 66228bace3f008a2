import { rowTooLong, tooLong } from '../cells.ts';
import {
  type CsvFormat,
  MAX_RECORD_BYTES,
  type Piece,
  type RecordContent,
  type RowFields,
  rejected,
} from '../format.ts';
import { withoutFlags } from '../prompt-flags.ts';
import { unsupportedCell, VARIANT } from '../read-columns.ts';
import { cellMeaning } from './cell-texts.ts';
import { type CsvDialect, scanRecord } from './csv-scan.ts';
import { bytesInFile } from './encoding.ts';
import { recordProblem } from './wrong-record.ts';

const BLANK_LINES = /(?:[ \t]*[\r\n])+/y;

/** Cuts CSV (UTF-8) into records and blank lines, one at a time. An earlier record swallowed the first `lostBytes`. */
export async function* csvRecords(
  chunks: AsyncIterable<Buffer>,
  format: CsvFormat,
  lostBytes = 0,
): AsyncGenerator<Piece> {
  const cutter = recordCutter(format, lostBytes);
  for await (const chunk of chunks) {
    for (const piece of cutter.cut(chunk.toString('latin1'), false)) yield piece;
    if (cutter.isGivenUp()) return;
  }
  yield* cutter.cut('', true);
}

function recordCutter(format: CsvFormat, lostBytes: number) {
  const { columns, delimiter, lineBreak } = format;
  const dialect: CsvDialect = { delimiter: columns.length === 1 ? undefined : delimiter, lineBreak };
  let text = '';
  let lost = lostBytes;
  let isGivenUp = false;
  // A record that never ends is not scanned again for every chunk.
  let lookAgainAt = 0;

  function* cut(more: string, atEnd: boolean): Generator<Piece> {
    text += more;
    if (text.length < lookAgainAt && !atEnd) return;
    let at = 0;
    for (;;) {
      const found = next(at, atEnd);
      if (found === undefined) break;
      yield* found.pieces;
      at = found.end;
    }
    text = text.slice(at);
    lookAgainAt = Math.min(2 * text.length, MAX_RECORD_BYTES + 1);
    if (text.length <= MAX_RECORD_BYTES && !(atEnd && text !== '')) return;
    isGivenUp = true;
    yield endlessPiece(text, format);
  }

  function next(at: number, atEnd: boolean): { pieces: Iterable<Piece>; end: number } | undefined {
    if (at >= text.length) return undefined;
    if (lost > 0) return lostLine(at, atEnd);
    BLANK_LINES.lastIndex = at;
    const blank = BLANK_LINES.exec(text)?.[0];
    if (blank !== undefined) return { pieces: [pieceOf(blank, format, undefined)], end: at + blank.length };
    const record = scanRecord(text, at, dialect, atEnd);
    if (record.kind === 'more') return undefined;
    if (record.kind === 'open') {
      return { pieces: lostPieces(text.slice(at), record.quoteAt - at, OPEN, format), end: text.length };
    }
    const { cells, end, runsOn } = record;
    const raw = text.slice(at, end);
    if (raw.length > MAX_RECORD_BYTES) {
      isGivenUp = true;
      return { pieces: [endlessPiece(raw, format)], end: text.length };
    }
    if (runsOn) return { pieces: lostPieces(raw, 0, RUNS_ON, format), end };
    return { pieces: [pieceOf(raw, format, contentOf(cells, format))], end };
  }

  /** A line that an earlier record swallowed. */
  function lostLine(at: number, atEnd: boolean): { pieces: Iterable<Piece>; end: number } | undefined {
    const lineEnd = text.indexOf(format.lineBreak, at);
    if (lineEnd < 0 && !atEnd) return undefined;
    const end = lineEnd < 0 ? text.length : lineEnd + 1;
    const raw = text.slice(at, end);
    const piece = pieceOf(raw, format, raw.trim() === '' ? undefined : rejected(SWALLOWED));
    lost = Math.max(0, lost - piece.bytes);
    return { pieces: [{ ...piece, ...(lost > 0 && { lostBytes: lost }) }], end };
  }

  return { cut, isGivenUp: () => isGivenUp };
}

const OPEN = 'quote is never closed: nothing from here on could be read';
const RUNS_ON =
  'text follows the closing quote of a cell with line breaks: write quotes inside it twice ("")';
const SWALLOWED = 'a quote that is opened in a line above, and not closed there, swallows this line';

/** Each line of a record with wrong quotes; the quote's own line says what is wrong. */
function* lostPieces(raw: string, quoteAt: number, reason: string, format: CsvFormat): Generator<Piece> {
  let at = 0;
  while (at < raw.length) {
    const lineBreak = raw.indexOf(format.lineBreak, at);
    const end = lineBreak < 0 ? raw.length : lineBreak + 1;
    const line = raw.slice(at, end);
    const why = at <= quoteAt && quoteAt < end ? reason : SWALLOWED;
    const lostBytes = fileBytes(raw.slice(end), format);
    const content = line.trim() === '' ? undefined : rejected(why);
    yield { ...pieceOf(line, format, content), ...(lostBytes > 0 && { lostBytes }) };
    at = end;
  }
}

function contentOf(cells: readonly string[], format: CsvFormat): RecordContent | undefined {
  const fields: [string, string][] = [];
  const isBlank = cells.every((cell) => cell.trim() === '');
  if (isBlank) return undefined;
  const wrong = recordProblem(cells, format);
  if (wrong !== undefined) return wrong;
  for (const [index, column] of format.columns.entries()) {
    if (column === '') continue;
    const text = cellMeaning(cells[index] ?? '', column);
    if (typeof text !== 'string') return text;
    const unsupported = format.unsupported?.includes(column) ? unsupportedCell(column, text) : undefined;
    if (unsupported !== undefined) return rejected(unsupported, column);
    fields.push([column, text]);
  }
  const row = Object.fromEntries(fields);
  return rowTooLong(row) ?? (format.manifest ? manifestRow(row) : withoutFlags({ kind: 'row', fields: row }));
}

/** A manifest's line: its prompt is filled in; further variants get ids of their own. */
function manifestRow({ [VARIANT]: variant = '1', ...fields }: RowFields): RecordContent {
  const { id = '' } = fields;
  const isFurther = id !== '' && variant !== '' && variant !== '1';
  return { kind: 'row', fields: isFurther ? { ...fields, id: `${id}-v${variant}` } : fields, literal: true };
}

/** A record without an end: most likely a quote that is never closed. */
function endlessPiece(raw: string, format: CsvFormat): Piece {
  const { reason } =
    raw.length > MAX_RECORD_BYTES
      ? tooLong('record', raw.length, MAX_RECORD_BYTES)
      : rejected('record has no end');
  const content = rejected(`${reason}; is a quote not closed? Nothing from here on could be read`);
  return { ...pieceOf(raw, format, content), last: true };
}

function pieceOf(raw: string, format: CsvFormat, content: RecordContent | undefined): Piece {
  return {
    bytes: fileBytes(raw, format),
    lineBreaks: raw.split(format.lineBreak).length - 1,
    lineBreaksBefore: 0,
    content,
  };
}

function fileBytes(raw: string, { encoding }: CsvFormat): number {
  return encoding === 'utf-8' ? raw.length : bytesInFile(Buffer.from(raw, 'latin1'), encoding);
}
