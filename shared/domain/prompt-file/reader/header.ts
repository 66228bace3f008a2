import { textOf } from '../cells.ts';
import { meaningOf, placeholderNames } from '../column-meaning.ts';
import { quoted } from '../columns.ts';
import {
  type CsvFormat,
  DELIMITERS,
  type Delimiter,
  type FileEncoding,
  type FileProblem,
  fileProblem,
} from '../format.ts';
import { type ReadColumn, readColumns, VARIANT } from '../read-columns.ts';
import { type CsvDialect, scanRecord } from './csv-scan.ts';
import { bytesInFile } from './encoding.ts';
import { countLineBreaks } from './pending-bytes.ts';
import { emptyCellsOf } from './wrong-record.ts';

interface HeaderFacts {
  readonly encoding: FileEncoding;
  readonly isWhole: boolean;
  /** A `prompt` column is required, because there is no template. */
  readonly needsPrompt: boolean;
  /** Columns that belong to the file, whatever they are called. */
  readonly data: readonly string[];
}

interface Header {
  readonly kind: 'header';
  readonly format: CsvFormat;
  readonly columns: readonly ReadColumn[];
  /** Of the header with its line break and what precedes it, in bytes of the file. */
  readonly bytes: number;
  readonly lineBreaks: number;
}

interface HeaderReading {
  readonly delimiter: Delimiter;
  readonly names: readonly string[];
  readonly end: number;
}

// Excel reads the delimiter from such a line; Windows PowerShell writes the type of its objects.
const SEPARATOR_LINE = /^"?sep=(.)"?[,;\t| ]*(?:\r*\n|\r)/i;
const TYPE_LINE = /^#TYPE [^\r\n]*(?:\r*\n|\r)/;

/** Reads the header of delimited text with the delimiter that makes most sense. */
export function readHeader(
  head: Buffer,
  { encoding, isWhole, needsPrompt, data: given }: HeaderFacts,
): Header | FileProblem {
  const text = head.toString('latin1');
  const chosen = chooseReading(text, isWhole);
  if ('message' in chosen) return chosen;
  const { best, from } = chosen;
  // What prompts name in `{{ }}` is data, as far as the head shows them.
  const places = new Set(placeholderNames(head.toString()));
  const read = readColumns(best.names, new Set([...given, ...places]));
  if (read.kind === 'problem') return fileProblem(read.message);
  const columns = read.columns.map(({ column }) => column);
  if (needsPrompt && !columns.includes('prompt')) return fileProblem(noPrompt(read.columns));
  if (isWhole && text.slice(best.end).trim() === '') return fileProblem('the file has a header but no rows');
  const before = head.subarray(0, best.end);
  // The break after the header decides: inside quotes there may be others.
  const lineBreak = /\n/.test(/[\r\n]+$/.exec(text.slice(from, best.end))?.[0] ?? '\n') ? '\n' : '\r';
  const { delimiter } = best;
  const unsupported = read.columns.filter(({ kind }) => kind === 'unsupported').map(({ column }) => column);
  const rows = firstRows(text, best.end, { delimiter, lineBreak });
  const emptyCells = columns.length === 1 ? 0 : emptyCellsOf(rows, columns);
  return {
    kind: 'header',
    format: {
      kind: 'csv',
      encoding,
      delimiter,
      lineBreak,
      columns,
      ...(emptyCells > 0 && { emptyCells }),
      ...(unsupported.length > 0 && { unsupported }),
      ...(columns.includes(VARIANT) && { manifest: true }),
    },
    columns: read.columns.map((each) => (places.has(each.column) ? { ...each, used: true } : each)),
    bytes: bytesInFile(before, encoding),
    lineBreaks: countLineBreaks(before, lineBreak),
  };
}

function chooseReading(text: string, isWhole: boolean): { best: HeaderReading; from: number } | FileProblem {
  const blank = /^(?:[ \t]*[\r\n])*/.exec(text)?.[0].length ?? 0;
  const [line = '', separator] =
    SEPARATOR_LINE.exec(text.slice(blank)) ?? TYPE_LINE.exec(text.slice(blank)) ?? [];
  const from = blank + line.length;
  const delimiters = DELIMITERS.filter((each) => separator === undefined || each === separator);
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
  const damage = damageOf(best);
  return damage === undefined ? { best, from } : fileProblem(damage);
}

function readWith(
  delimiter: Delimiter,
  text: string,
  from: number,
  isWhole: boolean,
): HeaderReading | undefined {
  const record = scanRecord(text, from, { delimiter, lineBreak: 'any' }, isWhole);
  if (record.kind !== 'record') return undefined;
  const names = record.cells.map((cell) => textOf(cell) ?? '\u{fffd}');
  return { delimiter, names, end: record.end };
}

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
  const known = ({ names }: HeaderReading) => names.filter((name) => meaningOf(name).kind === 'ours').length;
  return readings.toSorted((a, b) => known(b) - known(a) || b.names.length - a.names.length)[0];
}

function damageOf({ names }: HeaderReading): string | undefined {
  if (names.some((name) => name.includes('\u{fffd}')))
    return 'the header is not valid UTF-8: save the file as UTF-8';
  return names.some((name) => /(?!\s)\p{Cc}/u.test(name))
    ? 'the header has control characters in it: the file is not text, or in an unknown encoding'
    : undefined;
}

function noPrompt(columns: readonly ReadColumn[]): string {
  const named = columns.filter(({ column }) => column !== '');
  const names = named.map(({ column }) => column);
  const start = `no column "prompt": the first line names the columns, and they are ${quoted(names)}; `;
  const [only] = names;
  if (names.length === 1 && only?.includes('prompt')) {
    return `${start}separate columns with a comma, semicolon, tab or |`;
  }
  const own = named.find(({ kind }) => kind === 'own')?.column ?? only ?? 'column';
  const asList = names.length === 1 ? '; if each line is a prompt, name the file .txt' : '';
  return `${start}rename the one that holds the prompts, or give a template such as "{{${own}}}"${asList}`;
}
