import * as z from 'zod/mini';
import type { BatchId } from '../../domain/ids.ts';
import type { ItemRef } from '../../domain/item/item.ts';
import type { TableKey, TableRow } from '../ports.ts';
import { count, type Fields, parseRow } from './fields.ts';

/** `picked`: a winner; `aside`: not wanted. */
export const MARKS = ['picked', 'aside'] as const;
export type MarkValue = (typeof MARKS)[number];

/** A mark with its author and time (ISO 8601 in UTC). */
export interface Mark {
  readonly row: number;
  readonly variant: number;
  readonly mark: MarkValue;
  readonly by: string;
  readonly at: string;
}

const markRow = z.object({
  row: count,
  variant: count,
  mark: z.enum(MARKS),
  by: z.string(),
  at: z.string(),
} satisfies Fields<Mark>);
const versionRow = z.object({ version: count });

export const MARK_PREFIX = 'MARK#';

/** One partition a batch, so that one query gives all marks in order. */
export function marksPartition(batch: BatchId): string {
  return `BATCH#${batch}#MARKS`;
}

export function markKey({ batch, row, variant }: ItemRef): TableKey {
  const sk = `${MARK_PREFIX}${String(row).padStart(9, '0')}#${String(variant).padStart(7, '0')}`;
  return { pk: marksPartition(batch), sk };
}

/** Counts mark changes, so that one read shows news. */
export function marksVersionKey(batch: BatchId): TableKey {
  return { pk: marksPartition(batch), sk: 'VERSION' };
}

export function markToRow(batch: BatchId, mark: Mark): TableRow {
  return { ...markKey({ batch, row: mark.row, variant: mark.variant }), ...mark };
}

export function rowToMark(row: TableRow): Mark {
  return parseRow(markRow, row);
}

export function rowToMarksVersion(row: TableRow | undefined): number {
  return row === undefined ? 0 : parseRow(versionRow, row).version;
}
