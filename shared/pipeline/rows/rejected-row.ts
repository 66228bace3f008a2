import * as z from 'zod/mini';
import type { BatchId } from '../../domain/ids.ts';
import type { Table, TableRow } from '../ports.ts';
import { count, type Fields, parseRow } from './fields.ts';

/** A rejected line, and why. */
export interface RejectedLine {
  readonly row: number;
  readonly line: number;
  readonly column?: string;
  readonly reason: string;
}

const rejectedRow = z.object({
  row: count,
  line: count,
  column: z.exactOptional(z.string()),
  reason: z.string(),
} satisfies Fields<RejectedLine>);

export function rejectedPartition(batch: BatchId): string {
  return `BATCH#${batch}#REJECTED`;
}

export function rejectedToRow(batch: BatchId, rejected: RejectedLine): TableRow {
  return { pk: rejectedPartition(batch), sk: `ROW#${String(rejected.row).padStart(9, '0')}`, ...rejected };
}

export function rowToRejected(row: TableRow): RejectedLine {
  return parseRow(rejectedRow, row);
}

/** A batch's rejected lines in the order of their rows; only the first `limit`, if given. */
export async function* readRejected(
  table: Pick<Table, 'query'>,
  batch: BatchId,
  limit?: number,
): AsyncGenerator<RejectedLine> {
  const pk = rejectedPartition(batch);
  for await (const row of table.query({ pk, ...(limit !== undefined && { limit }) }))
    yield rowToRejected(row);
}
