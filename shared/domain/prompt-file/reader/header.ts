import { decodeUtf8 } from '../cells.ts';
import { isKnownColumn, normaliseColumn, quoted } from '../columns.ts';
import {
  type CsvFormat,
  DELIMITERS,
  type Delimiter,
  type FileEncoding,
  type FileProblem,
  fileProblem,
} from '../format.ts';
import { type CsvDialect, scanRecord } from './csv-scan.ts';
import { bytesInFile } from './encoding.ts';
import { countBreaks } from './pending-bytes.ts';
import { emptyCellsOf } from './wrong-record.ts';

interface HeaderFacts {
  readonly encoding: FileEncoding;
  /** Whether the head is the whole file. */
  readonly isWhole: boolean;
  /** Whether there must be a `prompt` column, because no template is given. */
  readonly needsPrompt: boolean;
}

interface Header {
  readonly kind: 'header';
  readonly format: CsvFormat;
  /** Of the header with its line break and what stands before it, in bytes of the file. */
  readonly bytes: number;
  readonly lineBreaks: number;
}

interface HeaderReading {
  readonly delimiter: Delimiter;
  readonly names: readonly string[];
  readonly columns: readonly string[];
  /** In the head. */
  readonly end: number;
}

// Excel reads the delimiter from such a first line; Windows PowerShell writes the type of its objects there.
const SEPARATOR_LINE = /^"?sep=(.)"?[,;\t| ]*(?:\r*\n|\r)/i;
const TYPE_LINE = /^#TYPE [^\r\n]*(?:\r*\n|\r)/;

/** Reads the header of delimited text: its delimiter is the one with which it makes most sense. */
export function readHeader(
  head: Buffer,
  { encoding, isWhole, needsPrompt }: HeaderFacts,
): Header | FileProblem {
  const text = head.toString('latin1');
  const blank = /^(?:[ \t]*[\r\n])*/.exec(text)?.[0].length ?? 0;
  const [line = '', given] =
    SEPARATOR_LINE.exec(text.slice(blank)) ?? TYPE_LINE.exec(text.slice(blank)) ?? [];
  const from = blank + line.length;
  const delimiters = given === undefined ? DELIMITERS : DELIMITERS.filter((each) => each === given);
  if (delimiters.length === 0) {
    return fileProblem(
      `${line.trim()} names a delimiter that is none of , ; tab |: save the file with one of them`,
    );
  }
  const readings = delimiters
    .map((delimiter) => readWith(delimiter, text, from, isWhole))
    .filter((reading) => reading !== undefined);
  const best = bestReading(readings);
  if (best === undefined) {
    return fileProblem('the header does not end within 64 KB, or a quote in it is never closed');
  }
  const wrong = problemOf(best, needsPrompt);
  if (wrong !== undefined) return fileProblem(wrong);
  if (isWhole && text.slice(best.end).trim() === '') return fileProblem('the file has a header but no rows');
  const before = head.subarray(0, best.end);
  // The break after the header says how lines end: inside quotes there may be others.
  const lineBreak = /\n/.test(/[\r\n]+$/.exec(text.slice(from, best.end))?.[0] ?? '\n') ? '\n' : '\r';
  const { delimiter, columns } = best;
  const rows = firstRows(text, best.end, { delimiter, lineBreak });
  const emptyCells = columns.length === 1 ? 0 : emptyCellsOf(rows, columns);
  return {
    kind: 'header',
    format: { kind: 'csv', encoding, delimiter, lineBreak, columns, ...(emptyCells > 0 && { emptyCells }) },
    bytes: bytesInFile(before, encoding),
    lineBreaks: countBreaks(before, lineBreak),
  };
}

function readWith(
  delimiter: Delimiter,
  text: string,
  from: number,
  isWhole: boolean,
): HeaderReading | undefined {
  const record = scanRecord(text, from, { delimiter, lineBreak: 'any' }, isWhole);
  if (record.kind !== 'record') return undefined;
  const names = record.cells.map((cell) => decodeUtf8(Buffer.from(cell, 'latin1')) ?? '\u{fffd}');
  return { delimiter, names, columns: names.map(normaliseColumn), end: record.end };
}

/** Whole rows in the head, of which there are enough. */
const ENOUGH_ROWS = 100;

function firstRows(text: string, from: number, dialect: CsvDialect): string[][] {
  const rows: string[][] = [];
  for (let at = from; rows.length < ENOUGH_ROWS; ) {
    const record = scanRecord(text, at, dialect, false);
    if (record.kind !== 'record') break;
    rows.push([...record.cells]);
    at = record.end;
  }
  return rows;
}

function bestReading(readings: readonly HeaderReading[]): HeaderReading | undefined {
  const known = ({ columns }: HeaderReading) => columns.filter(isKnownColumn).length;
  return [...readings].sort((a, b) => known(b) - known(a) || b.columns.length - a.columns.length)[0];
}

function problemOf({ names, columns }: HeaderReading, needsPrompt: boolean): string | undefined {
  if (names.some((name) => name.includes('\u{fffd}')))
    return 'the header is not valid UTF-8: save the file as UTF-8';
  if (names.some((name) => /(?!\s)\p{Cc}/u.test(name))) {
    return 'the header has control characters in it: the file is not text, or in an unknown encoding';
  }
  const named = columns.filter((column) => column !== '');
  const twice = named.filter((column, index) => named.indexOf(column) !== index);
  if (twice.length > 0) return `columns that stand there twice: ${quoted([...new Set(twice)])}`;
  if (!needsPrompt || named.includes('prompt')) return undefined;
  return (
    `no column "prompt": the first line names the columns, and they are ${quoted(named)}; ` +
    `rename the one that holds the prompts, or give a template such as "{{${named[0] ?? 'column'}}}"`
  );
}
