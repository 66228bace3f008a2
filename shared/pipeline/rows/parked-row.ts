import * as z from 'zod/mini';
import type { BatchId } from '../../domain/ids.ts';
import type { TableKey, TableRow } from '../ports.ts';
import { count, type Fields, parseRow } from './fields.ts';

/** Items of a batch for one model have no message, because something stops them: the table alone knows them. */
export interface Parked {
  readonly model: string;
  /** When a message last left the queue for it. */
  readonly atMs: number;
  /** Items before this row were sent their messages again. */
  readonly fromRow?: number;
}

const parkedRow = z.object({
  model: z.string(),
  atMs: count,
  fromRow: z.exactOptional(count),
} satisfies Fields<Parked>);

export const PARKED_PREFIX = 'PARKED#';

export function parkedKey(batch: BatchId, model: string): TableKey {
  return { pk: `BATCH#${batch}`, sk: `${PARKED_PREFIX}${model}` };
}

export function parkedToRow(batch: BatchId, parked: Parked): TableRow {
  return { ...parkedKey(batch, parked.model), ...parked };
}

export function rowToParked(row: TableRow): Parked {
  return parseRow(parkedRow, row);
}
