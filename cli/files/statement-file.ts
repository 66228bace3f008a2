import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { type CsvError, type Info, parse } from 'csv-parse';
import type { GivenColumns } from '../../shared/domain/statement/known-exports.ts';
import type { UnreadLine } from '../../shared/domain/statement/reconciliation.ts';
import { findColumns, type StatementColumns } from '../../shared/domain/statement/statement-header.ts';
import { readStatementLine } from '../../shared/domain/statement/statement-line.ts';
import { type StatementSum, statementSums } from '../../shared/domain/statement/statement-sums.ts';
import { UsageError } from '../usage-error.ts';

/** A quote that is never closed must not swallow the rest of a file. */
const MOST_RECORD_BYTES = 1_000_000;
const SNIFFED_BYTES = 65_536;

export interface StatementFile {
  readonly path: string;
  readonly sums: readonly StatementSum[];
  readonly unread: readonly UnreadLine[];
  /** Its amounts are in nano-dollars. */
  readonly isUsd: boolean;
  /** The decimals that its amounts have at most. */
  readonly decimals: number;
}

/** Adds up a statement file by day and model, a line at a time; throws `UsageError` where it is no statement at all. */
export async function readStatementFile(path: string, given: GivenColumns): Promise<StatementFile> {
  if (!(await stat(path)).isFile()) throw new UsageError(`${path}: is not a file; name a CSV`);
  const sums = statementSums();
  const unread: UnreadLine[] = [];
  let columns: StatementColumns | undefined;
  for await (const { line, cells, problem } of records(path, await delimiterOf(path))) {
    if (problem === undefined && columns === undefined) {
      const found = findColumns(cells, given);
      if (found.kind === 'problem') throw new UsageError(`${path}: ${found.message}`);
      columns = found.columns;
      continue;
    }
    const reason = problem ?? (columns && reasonUnread(cells, columns, sums));
    if (reason !== undefined) unread.push({ line, reason });
  }
  if (columns === undefined) throw new UsageError(`${path}: has no header line`);
  return { path, sums: sums.sums(), unread, isUsd: columns.isUsd === true, decimals: sums.decimals() };
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

async function* records(path: string, delimiter: string): AsyncGenerator<StatementRecord> {
  const parser = parse({
    delimiter,
    bom: true,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: MOST_RECORD_BYTES,
  });
  const file = createReadStream(path);
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
  return error instanceof Error && 'code' in error && String(error.code).startsWith('CSV_');
}

/** The one of comma, semicolon and tab that the header has most of. */
async function delimiterOf(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(SNIFFED_BYTES), 0, SNIFFED_BYTES, 0);
    const header = buffer.toString('utf8', 0, bytesRead).trimStart().split(/\r|\n/, 1)[0] ?? '';
    const counts = [',', ';', '\t'].map((each) => ({ each, count: header.split(each).length }));
    return counts.reduce((most, one) => (one.count > most.count ? one : most)).each;
  } finally {
    await file.close();
  }
}
