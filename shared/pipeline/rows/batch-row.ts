import * as z from 'zod/mini';
import { BATCH_STATES, type Batch, type BatchOptions } from '../../domain/batch/batch.ts';
import type { BatchId } from '../../domain/ids.ts';
import type { Axis, Expansion } from '../../domain/prompt-file/template/axes.ts';
import type { TableKey, TableRow, TableValue } from '../ports.ts';
import { batchId, count, type Fields, imageSettings, parseRow, textMap } from './fields.ts';

type StoredBatch = Omit<Batch, 'id' | 'key'> & {
  readonly batch: Batch['id'];
  readonly objectKey: Batch['key'];
};

const batchRow = z.object({
  batch: batchId,
  state: z.enum(BATCH_STATES),
  objectKey: z.string(),
  version: z.string(),
  options: z.object({
    name: z.exactOptional(z.string()),
    template: z.exactOptional(z.string()),
    variants: count,
    budgetMicro: z.exactOptional(count),
    user: z.exactOptional(z.string()),
    tags: textMap,
    settings: imageSettings,
    variables: z.exactOptional(textMap),
    expansion: z.exactOptional(
      z.object({
        axes: z.array(z.object({ name: z.string(), values: z.array(z.string()) } satisfies Fields<Axis>)),
        prompts: z.exactOptional(z.literal(true)),
        sample: z.exactOptional(count),
        seed: z.exactOptional(z.string()),
        maxItems: z.exactOptional(count),
      } satisfies Fields<Expansion>),
    ),
    ignoreColumns: z.exactOptional(z.array(z.string())),
    sheet: z.exactOptional(z.string()),
    fresh: z.exactOptional(z.literal(true)),
    contactSheet: z.exactOptional(z.literal(true)),
    run: z.exactOptional(count),
  } satisfies Fields<BatchOptions>),
  createdAt: z.string(),
  hadImages: z.exactOptional(z.literal(true)),
  items: z.exactOptional(count),
  rejected: z.exactOptional(count),
  problem: z.exactOptional(z.string()),
  completedAt: z.exactOptional(z.string()),
  cancelledAt: z.exactOptional(z.string()),
} satisfies Fields<StoredBatch>);

/** All batches by creation. */
export const BATCH_LIST = 'BATCHES';
/** Batches that are not finished: what a sweep reads. */
export const OPEN_BATCHES = 'BATCHES#OPEN';

/** The first batch's day, written when its entry goes. */
export const FIRST_BATCH_DAY: TableKey = { pk: 'BATCHES#FIRST', sk: 'DAY' };
const firstDayRow = z.object({ day: z.string() });

export function rowToFirstDay(row: TableRow): string {
  return parseRow(firstDayRow, row).day;
}

export function batchKey(batch: BatchId): TableKey {
  return { pk: `BATCH#${batch}`, sk: 'BATCH' };
}

export function batchListKey(batch: Pick<Batch, 'id' | 'createdAt'>): TableKey {
  return { pk: BATCH_LIST, sk: `${batch.createdAt}#${batch.id}` };
}

export function openBatchKey(batch: BatchId): TableKey {
  return { pk: OPEN_BATCHES, sk: batch };
}

export function batchToRow(batch: Batch): TableRow {
  const { id, key, options, ...rest } = batch;
  return {
    ...batchKey(id),
    ...rest,
    batch: id,
    objectKey: key,
    options: optionsValue(options),
  };
}

function optionsValue({ expansion, settings, ...rest }: Batch['options']): TableValue {
  if (expansion === undefined) return { ...rest, settings: { ...settings } };
  const axes = expansion.axes.map((axis) => ({ ...axis }));
  return { ...rest, settings: { ...settings }, expansion: { ...expansion, axes } };
}

export function rowToBatch(row: TableRow): Batch {
  const { batch, objectKey, ...rest } = parseRow(batchRow, row);
  return { ...rest, id: batch, key: objectKey };
}

const batchReference = z.object({ batch: batchId });

export function rowToBatchId(row: TableRow): BatchId {
  return parseRow(batchReference, row).batch;
}
