import type { Delimiter } from '../format.ts';
import { strayQuotes } from './stray-quotes.ts';

export interface CsvDialect {
  /** Undefined if there is one column: nothing to delimit. */
  readonly delimiter: Delimiter | undefined;
  readonly lineBreak: '\n' | '\r' | 'any';
}

/** The text ends before the cell or record does. */
const MORE = { kind: 'more' } as const;

/** A quote that is not closed up to the end of the file. */
interface OpenQuote {
  readonly kind: 'open';
  readonly quoteAt: number;
}

interface ScannedRecord {
  readonly kind: 'record';
  readonly cells: readonly string[];
  /** After its line break. */
  readonly end: number;
  /** Its quotes are wrong over several lines: it may have swallowed other records. */
  readonly runsOn: boolean;
}

interface Cell {
  readonly kind: 'cell';
  readonly text: string;
  /** Of its delimiter, line break, or the text. */
  readonly end: number;
  readonly runsOn?: true;
}

const MAX_CELLS = 100_000;

const BREAK = /\r*\n|\r/y;
const BLANKS = /[ \t]*/y;
const SPACES = / */y;

/**
 * Cuts a record out of a `latin1` text. A quote counts at a cell's start; one inside that is neither doubled nor at the
 * cell's end is text. `\r\r\n` is one line break (Python), and `\"` a quote if it can be nothing else.
 */
export function scanRecord(
  text: string,
  from: number,
  dialect: CsvDialect,
  atEnd: boolean,
): ScannedRecord | OpenQuote | typeof MORE {
  const cells: string[] = [];
  let runsOn = false;
  for (let at = from; ; ) {
    const cell = scanCell(text, at, dialect, atEnd);
    if (cell.kind !== 'cell') return cell;
    cells.push(cell.text);
    // No table is so wide: its delimiters never end.
    if (cells.length > MAX_CELLS) return MORE;
    runsOn ||= cell.runsOn === true;
    if (dialect.delimiter === undefined || text[cell.end] !== dialect.delimiter) {
      return { kind: 'record', cells, end: afterBreak(text, cell.end), runsOn };
    }
    at = cell.end + 1;
  }
}

function scanCell(
  text: string,
  from: number,
  dialect: CsvDialect,
  atEnd: boolean,
): Cell | OpenQuote | typeof MORE {
  const quoteAt = afterBlanks(text, from, dialect);
  if (quoteAt >= text.length && !atEnd) return MORE;
  return text[quoteAt] === '"'
    ? quotedCell(text, from, quoteAt, dialect, atEnd)
    : plainCell(text, from, dialect, atEnd);
}

function plainCell(text: string, from: number, dialect: CsvDialect, atEnd: boolean): Cell | typeof MORE {
  const end = cellEnd(text, from, dialect, atEnd);
  return end === undefined ? MORE : { kind: 'cell', text: text.slice(from, end), end };
}

function quotedCell(
  text: string,
  from: number,
  quoteAt: number,
  dialect: CsvDialect,
  atEnd: boolean,
): Cell | OpenQuote | typeof MORE {
  let hasEscapes = false;
  let runsOn = false;
  for (let at = quoteAt + 1; ; ) {
    const quote = nextSingleQuote(text, at);
    if (quote < 0) return unclosed(quoteAt, atEnd);
    const end = afterBlanks(text, quote + 1, dialect);
    if (end >= text.length && !atEnd) return MORE;
    const closes = isCellEnd(text, end, dialect);
    const escapes = escapesQuote(text, quote, closes && !hasEscapes);
    if (closes && !escapes) {
      const cell = unquoted(text.slice(quoteAt + 1, quote), hasEscapes);
      return { kind: 'cell', text: cell, end, ...(runsOn && { runsOn }) };
    }
    if (!escapes && !runsOn && !/[\r\n]/.test(text.slice(quoteAt, quote))) {
      return strayCell(text, { from, quoteAt, quote }, dialect, atEnd);
    }
    hasEscapes ||= escapes;
    runsOn ||= !escapes;
    at = quote + 1;
  }
}

/** The next quote that is not doubled. */
function nextSingleQuote(text: string, from: number): number {
  let quote = text.indexOf('"', from);
  while (quote >= 0 && text[quote + 1] === '"') quote = text.indexOf('"', quote + 2);
  return quote;
}

function unclosed(quoteAt: number, atEnd: boolean): OpenQuote | typeof MORE {
  return atEnd ? { kind: 'open', quoteAt } : MORE;
}

/** Whether a backslash escapes a quote. At a cell's end it does so only after others that did. */
function escapesQuote(text: string, quote: number, endsCell: boolean): boolean {
  return !endsCell && isEscaped(text, quote);
}

/** A cell with a quote in the middle of its first line, which is taken as text. */
function strayCell(
  text: string,
  { from, quoteAt, quote }: { from: number; quoteAt: number; quote: number },
  dialect: CsvDialect,
  atEnd: boolean,
): Cell | typeof MORE {
  const lineEnd = cellEnd(text, quote, { ...dialect, delimiter: undefined }, atEnd);
  if (lineEnd === undefined) return MORE;
  const cell = strayQuotes(text.slice(quoteAt, lineEnd), dialect.delimiter);
  if (cell === undefined) return plainCell(text, from, dialect, atEnd);
  return { kind: 'cell', text: cell.text, end: afterBlanks(text, quoteAt + cell.length, dialect) };
}

/** Where an unquoted cell ends; undefined if that is still unknown. */
function cellEnd(text: string, from: number, dialect: CsvDialect, atEnd: boolean): number | undefined {
  const stop = STOPS.get(dialect.delimiter) ?? /[\r\n]/g;
  for (let at = from; ; ) {
    stop.lastIndex = at;
    const found = stop.exec(text)?.index ?? text.length;
    if (found >= text.length) return atEnd ? text.length : undefined;
    if (isCellEnd(text, found, dialect)) return found;
    const next = afterReturns(text, found);
    if (next >= text.length) return atEnd ? found : undefined;
    at = next;
  }
}

const STOPS: ReadonlyMap<Delimiter | undefined, RegExp> = new Map([
  [undefined, /[\r\n]/g],
  [',', /[,\r\n]/g],
  [';', /[;\r\n]/g],
  ['\t', /[\t\r\n]/g],
  ['|', /[|\r\n]/g],
]);

/** A lone carriage return ends no cell if lines end in a line feed. */
function isCellEnd(text: string, at: number, { delimiter, lineBreak }: CsvDialect): boolean {
  const character = text[at];
  if (character === undefined || character === delimiter || character === '\n') return true;
  if (character !== '\r') return false;
  return lineBreak !== '\n' || text[afterReturns(text, at)] === '\n';
}

function afterReturns(text: string, at: number): number {
  let after = at;
  while (text[after] === '\r') after += 1;
  return after;
}

function afterBreak(text: string, at: number): number {
  BREAK.lastIndex = at;
  return at + (BREAK.exec(text)?.[0].length ?? 0);
}

function afterBlanks(text: string, at: number, { delimiter }: CsvDialect): number {
  const blanks = delimiter === '\t' ? SPACES : BLANKS;
  blanks.lastIndex = at;
  return at + (blanks.exec(text)?.[0].length ?? 0);
}

function isEscaped(text: string, quote: number): boolean {
  let backslashes = 0;
  while (text[quote - 1 - backslashes] === '\\') backslashes += 1;
  return backslashes % 2 === 1;
}

function unquoted(inner: string, hasEscapes: boolean): string {
  const text = inner.replaceAll('""', '"');
  return hasEscapes ? text.replace(/\\(["\\])/g, '$1') : text;
}
