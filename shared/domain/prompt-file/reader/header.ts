import { parse } from 'csv-parse/sync';
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
import { dialectOf } from './csv-parser.ts';
import { bytesInFile } from './encoding.ts';
import { countBreaks } from './pending-bytes.ts';

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
  readonly endByte: number;
}

/** Reads the header of delimited text: its delimiter is the one with which it makes most sense. */
export function readHeader(
  head: Buffer,
  { encoding, isWhole, needsPrompt }: HeaderFacts,
): Header | FileProblem {
  const text = head.toString('latin1');
  const lineBreak = text.includes('\n') || !text.includes('\r') ? '\n' : '\r';
  const blankBytes = /^(?:[ \t]*[\r\n])*/.exec(text)?.[0].length ?? 0;
  const begin = head.subarray(blankBytes);
  const readings = DELIMITERS.map((delimiter) => readWith(delimiter, begin, lineBreak))
    .filter((reading) => reading !== undefined)
    .filter(({ endByte }) => isWhole || endByte < begin.length);
  const best = bestReading(readings);
  if (best === undefined) {
    return fileProblem('the header does not end within 64 KB, or a quote in it is never closed');
  }
  const wrong = problemOf(best, needsPrompt);
  if (wrong !== undefined) return fileProblem(wrong);
  const before = head.subarray(0, blankBytes + best.endByte);
  if (isWhole && text.slice(before.length).trim() === '')
    return fileProblem('the file has a header but no rows');
  return {
    kind: 'header',
    format: { kind: 'csv', encoding, delimiter: best.delimiter, lineBreak, columns: best.columns },
    bytes: bytesInFile(before, encoding),
    lineBreaks: countBreaks(before, lineBreak),
  };
}

function readWith(delimiter: Delimiter, head: Buffer, lineBreak: '\n' | '\r'): HeaderReading | undefined {
  let endByte = 0;
  const options = { ...dialectOf({ delimiter, lineBreak }), to: 1 };
  try {
    const [cells = []] = parse(head, {
      ...options,
      on_record: (record, info) => {
        endByte = info.bytes;
        return record;
      },
    });
    const names = cells.map((cell) => decodeUtf8(Buffer.from(cell, 'latin1')) ?? '\u{fffd}');
    return { delimiter, names, columns: names.map(normaliseColumn), endByte };
  } catch {
    return undefined;
  }
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
