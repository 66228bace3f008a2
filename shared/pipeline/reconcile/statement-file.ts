import { Readable } from 'node:stream';
import { type CsvError, type Info, parse } from 'csv-parse';
import { errorCode } from '../../domain/error-code.ts';
import type { GivenColumns } from '../../domain/statement/known-exports.ts';
import type { UnreadLine } from '../../domain/statement/reconciliation.ts';
import { findColumns, type StatementColumns } from '../../domain/statement/statement-header.ts';
import { readStatementLine } from '../../domain/statement/statement-line.ts';
import { type StatementSum, statementSums } from '../../domain/statement/statement-sums.ts';

/** A quote that is never closed must not swallow the rest of a file. */
const MOST_RECORD_BYTES = 1_000_000;
const SNIFFED_BYTES = 65_536;

/** A provider's statement, added up. */
export interface StatementFile {
  readonly kind: 'statement';
  readonly path: string;
  readonly sums: readonly StatementSum[];
  readonly unread: readonly UnreadLine[];
  /** Its amounts are in nano-dollars. */
  readonly isUsd: boolean;
  /** The decimals that its amounts have at most. */
  readonly decimals: number;
}

/** Adds up a statement by day and model, a line at a time; a `problem` says why it is no statement at all. */
export async function readStatementFile(
  path: string,
  open: () => AsyncIterable<Uint8Array>,
  given: GivenColumns,
): Promise<StatementFile | { readonly kind: 'problem'; readonly message: string }> {
  const sums = statementSums();
  const unread: UnreadLine[] = [];
  let columns: StatementColumns | undefined;
  for await (const { line, cells, problem } of records(open(), await delimiterOf(open()))) {
    if (problem === undefined && columns === undefined) {
      const found = findColumns(cells, given);
      if (found.kind === 'problem') return { kind: 'problem', message: `${path}: ${found.message}` };
      columns = found.columns;
      continue;
    }
    const reason = problem ?? (columns && reasonUnread(cells, columns, sums));
    if (reason !== undefined) unread.push({ line, reason });
  }
  if (columns === undefined) return { kind: 'problem', message: `${path}: has no header line` };
  return {
    kind: 'statement',
    path,
    sums: sums.sums(),
    unread,
    isUsd: columns.isUsd === true,
    decimals: sums.decimals(),
  };
}

/** Adds a line to the sums; why not, if it can't be read. */
function reasonUnread(
  cells: readonly string[],
  columns: StatementColumns,
  sums: ReturnType<typeof statementSums>,
): string | undefined {
  const read = readStatementLine(cells, columns);
  if (typeof read === 'string') return read;
  if (read === undefined) return undefined;
  const [first] = sums.sums();
  if (first !== undefined && first.day.length !== read.day.length) return 'it mixes days and months';
  return sums.add(read) ? undefined : 'with it the sum is too large to be exact';
}

interface StatementRecord {
  /** Where it begins, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
  readonly problem?: string;
}

async function* records(
  bytes: AsyncIterable<Uint8Array>,
  delimiter: string,
): AsyncGenerator<StatementRecord> {
  const parser = parse({
    delimiter,
    bom: true,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: MOST_RECORD_BYTES,
  });
  const file = Readable.from(bytes);
  file.on('error', (error) => parser.destroy(error));
  let columns = 0;
  let lastLine = 0;
  try {
    for await (const { record, info } of file.pipe(parser) as AsyncIterable<{
      record: string[];
      info: Info;
    }>) {
      const line = lastLine + 1;
      lastLine = info.lines;
      if (columns === 0) columns = record.length;
      const fits = record.length === columns;
      const problem = `it has ${record.length} cells, the header has ${columns} columns`;
      yield {
        line: Math.max(line, info.lines - lineBreaks(record)),
        cells: record,
        ...(!fits && { problem }),
      };
    }
  } catch (error) {
    if (!isCsvError(error)) throw error;
    // What follows a quote in disorder cannot be told apart from it.
    const reason = `${error.message.replaceAll(/\s+/g, ' ').slice(0, 200)}; nothing after it could be read`;
    yield { line: lastLine + 1, cells: [], problem: reason };
  } finally {
    file.destroy();
  }
}

function lineBreaks(record: readonly string[]): number {
  return record.reduce((sum, cell) => sum + (cell.match(/\r\n|\n|\r/g)?.length ?? 0), 0);
}

function isCsvError(error: unknown): error is CsvError {
  return errorCode(error).startsWith('CSV_');
}

/** The one of comma, semicolon and tab that the header has most of. */
async function delimiterOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const read: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of bytes) {
    read.push(chunk);
    size += chunk.byteLength;
    if (size >= SNIFFED_BYTES) break;
  }
  const text = Buffer.concat(read).toString('utf8', 0, SNIFFED_BYTES);
  const header = text.trimStart().split(/\r|\n/, 1)[0] ?? '';
  const counts = [',', ';', '\t'].map((each) => ({ each, count: header.split(each).length }));
  return counts.reduce((most, one) => (one.count > most.count ? one : most)).each;
}
