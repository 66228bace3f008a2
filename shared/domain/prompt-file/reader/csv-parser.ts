import { CsvError, type Options, type Parser, parse } from 'csv-parse';
import type { CsvFormat } from '../format.ts';

/** A record's cells, each byte one character (`latin1`), and the byte after its line break. */
export interface ParsedRecord {
  readonly cells: readonly string[];
  readonly endByte: number;
}

// csv-parse wants one; this control character would have its cell rejected anyway.
const NO_DELIMITER = '\x1f';

interface CsvPush {
  readonly records: readonly ParsedRecord[];
  /** Where the cell begins whose quote was still open at the end. */
  readonly openCellByte?: number;
}

/** csv-parse's options for a dialect: quotes count only where a cell begins with one; any other is a plain character. */
export function dialectOf(format: Pick<CsvFormat, 'delimiter' | 'lineBreak'>): Options {
  return {
    delimiter: format.delimiter,
    record_delimiter: format.lineBreak === '\n' ? ['\r\n', '\n'] : '\r',
    encoding: 'latin1',
    relax_quotes: true,
    relax_column_count: true,
    skip_empty_lines: true,
  };
}

/**
 * A csv-parse stream driven by hand: each push gives back the records that ended in it. Read as a stream, an error
 * would take the records still in its buffer along.
 */
export function csvParser(format: CsvFormat): { push(chunk: Buffer | undefined): Promise<CsvPush> } {
  const found: ParsedRecord[] = [];
  const parser = parse({
    ...dialectOf(format),
    ...(format.columns.length === 1 && { delimiter: NO_DELIMITER }),
    on_record: (cells, info) => {
      found.push({ cells, endByte: info.bytes });
      return null;
    },
  });
  parser.on('error', () => undefined);
  parser.resume();
  return {
    async push(chunk) {
      const error = await written(parser, chunk);
      const records = found.splice(0);
      return error === undefined ? { records } : { records, openCellByte: openCellOf(error) };
    },
  };
}

function written(parser: Parser, chunk: Buffer | undefined): Promise<Error | undefined> {
  return new Promise((resolve) => {
    const settle = (error?: Error | null) => resolve(error ?? undefined);
    if (chunk === undefined) parser.end(settle);
    else parser.write(chunk, settle);
  });
}

function openCellOf(error: Error): number {
  const known = error instanceof CsvError && error.code === 'CSV_QUOTE_NOT_CLOSED';
  if (!known || typeof error.bytes !== 'number') throw error;
  return error.bytes;
}
