import { decodeCell, rowTooLong, tooLong } from '../cells.ts';
import { type CsvFormat, MAX_RECORD_BYTES, type Piece, type RecordContent, rejected } from '../format.ts';
import { csvParser, type ParsedRecord } from './csv-parser.ts';
import { bytesInFile } from './encoding.ts';
import { blankStart, countBreaks, pendingBytes } from './pending-bytes.ts';

/** Cuts delimited text (UTF-8) into records and blank lines; holds one record and one chunk at a time. */
export async function* csvRecords(chunks: AsyncIterable<Buffer>, format: CsvFormat): AsyncGenerator<Piece> {
  const parser = csvParser(format);
  const pending = pendingBytes();
  for await (const chunk of chunks) {
    pending.add(chunk);
    const { records } = await parser.push(chunk);
    for (const record of records) {
      const piece = recordPiece(record, pending.take(record.endByte), format);
      yield piece;
      if (piece.last) return;
    }
    if (pending.length() > MAX_RECORD_BYTES) {
      const raw = pending.take();
      const blank = blankStart(raw) === raw.length;
      yield blank ? pieceOf(raw, format, undefined) : endlessPiece(raw, format);
      if (!blank) return;
    }
  }

  const { records, openCellByte } = await parser.push(undefined);
  for (const record of records) yield recordPiece(record, pending.take(record.endByte), format);
  if (openCellByte !== undefined)
    yield unclosedPiece(pending.take(), openCellByte, pending.startByte(), format);
}

function recordPiece(record: ParsedRecord, raw: Buffer, format: CsvFormat): Piece {
  if (raw.length - blankStart(raw) > MAX_RECORD_BYTES) return endlessPiece(raw, format);
  return pieceOf(raw, format, isBlank(record.cells) ? undefined : contentOf(record.cells, raw, format));
}

function contentOf(cells: readonly string[], raw: Buffer, { columns, lineBreak }: CsvFormat): RecordContent {
  if (cells.some((cell) => cell.includes(lineBreak) && !isQuotedWhole(cell, raw))) {
    return rejected(
      'text follows the closing quote of a cell with line breaks: write quotes inside it twice ("")',
    );
  }
  if (cells.length !== columns.length) {
    return rejected(`${count(cells.length, 'cell')}, the header has ${count(columns.length, 'column')}`);
  }
  const fields: [string, string][] = [];
  for (const [index, column] of columns.entries()) {
    if (column === '') continue;
    const text = decodeCell(cells[index] ?? '', column);
    if (typeof text !== 'string') return text;
    fields.push([column, text]);
  }
  if (fields.every(([, text]) => text.trim() === '')) return rejected('every cell is empty');
  const row = Object.fromEntries(fields);
  return rowTooLong(row) ?? { kind: 'row', fields: row };
}

/**
 * Whether a cell with line breaks is one by its quotes, all of them doubled inside. Otherwise a cell that merely
 * begins with a quote has run on to another quote further down, over rows that are none of its business.
 */
function isQuotedWhole(cell: string, raw: Buffer): boolean {
  return raw.includes(`"${cell.replaceAll('"', '""')}"`, 0, 'latin1');
}

function isBlank(cells: readonly string[]): boolean {
  return cells.length === 1 && /^[ \t\r\n]+$/.test(cells[0] ?? '');
}

/** A record without an end in sight: most likely a quote that is never closed. */
function endlessPiece(raw: Buffer, format: CsvFormat): Piece {
  const { reason } = tooLong('record', raw.length, MAX_RECORD_BYTES);
  const content = rejected(`${reason}; is a quote not closed? Nothing from here on could be read`);
  return { ...pieceOf(raw, format, content), last: true };
}

/** Its line is the one where the quote was opened. */
function unclosedPiece(raw: Buffer, openCellByte: number, endByte: number, format: CsvFormat): Piece {
  const beforeQuote = Math.max(0, openCellByte - (endByte - raw.length));
  const quoteAt = raw.indexOf('"', beforeQuote);
  return {
    ...pieceOf(raw, format, rejected('quote is never closed: nothing from here on could be read')),
    lineBreaksBefore: countBreaks(raw.subarray(0, quoteAt), format.lineBreak),
    last: true,
  };
}

function pieceOf(raw: Buffer, format: CsvFormat, content: RecordContent | undefined): Piece {
  return {
    bytes: bytesInFile(raw, format.encoding),
    lineBreaks: countBreaks(raw, format.lineBreak),
    lineBreaksBefore: countBreaks(raw.subarray(0, blankStart(raw)), format.lineBreak),
    content,
  };
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
