import * as z from 'zod/mini';
import type { BatchId } from '../../domain/ids.ts';
import type { TableKey, TableRow } from '../ports.ts';
import { count, type Fields, parseRow } from './fields.ts';

interface PauseWords {
  /** In one line. */
  readonly message: string;
  /** What to do. */
  readonly hint: string;
  /** ISO 8601 in UTC. */
  readonly since: string;
}

/** A pause of one batch, by you or by a budget. No item is claimed meanwhile. */
export type BatchPause =
  | ({ readonly by: 'person' } & PauseWords)
  | ({
      readonly by: 'budget';
      /** `batch:<id>`, `day`, `month`, `tag:<name>=<value>`. */
      readonly scope: string;
      readonly limitMicro: number;
      /** When the budget's period, and the pause, end. */
      readonly untilMs?: number;
    } & PauseWords);

/** A batch has at most one pause of each kind. */
export type PausedBy = BatchPause['by'];

const words = { message: z.string(), hint: z.string(), since: z.string() } satisfies Fields<PauseWords>;

const batchPauseRow = z.discriminatedUnion('by', [
  z.object({ by: z.literal('person'), ...words } satisfies Fields<Extract<BatchPause, { by: 'person' }>>),
  z.object({
    by: z.literal('budget'),
    ...words,
    scope: z.string(),
    limitMicro: count,
    untilMs: z.exactOptional(count),
  } satisfies Fields<Extract<BatchPause, { by: 'budget' }>>),
]);

export const BATCH_PAUSE_PREFIX = 'PAUSE#';

export function batchPauseKey(batch: BatchId, by: PausedBy): TableKey {
  return { pk: `BATCH#${batch}`, sk: `${BATCH_PAUSE_PREFIX}${by}` };
}

export function batchPauseToRow(batch: BatchId, pause: BatchPause): TableRow {
  return { ...batchPauseKey(batch, pause.by), ...pause };
}

export function rowToBatchPause(row: TableRow): BatchPause {
  return parseRow(batchPauseRow, row);
}

/** Items of a batch and model without messages, because something stops them. */
export interface Parked {
  readonly model: string;
  /** When a message last left the queue. */
  readonly atMs: number;
  /** Earlier items have their messages again. */
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
