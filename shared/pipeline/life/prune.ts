import type { Batch } from '../../domain/batch/batch.ts';
import type { BatchId } from '../../domain/ids.ts';
import { itemsOf } from '../batch/batch-items.ts';
import { readBatch, rememberFirstDay } from '../batch/batches.ts';
import { eachConcurrently, inGroups } from '../each-concurrently.ts';
import type { Effects } from '../effects.ts';
import type { TableKey, TableWrite } from '../ports.ts';
import { batchKey, batchListKey } from '../rows/batch-row.ts';
import { BATCH_BUDGET } from '../rows/budget-row.ts';
import { contentKey, rowToContent } from '../rows/content-row.ts';
import { itemsPartition } from '../rows/item-row.ts';
import { marksPartition } from '../rows/mark-row.ts';
import { rejectedPartition } from '../rows/rejected-row.ts';
import { ALL_SHARDS } from '../rows/shards.ts';
import {
  imageKeysOf,
  isOver,
  type ObjectsOfPruned,
  objectsOfPruned,
  ownObjects,
  uploadOf,
} from './prune-survey.ts';

const DELETES_AT_ONCE = 16;
const ROWS_TOGETHER = 50;

type Pruner = Pick<Effects, 'table' | 'store'>;

/** Removes finished batches, but not charges, totals, budgets or images that others reuse. Repeat to resume: the row goes last. */
export async function pruneBatches(
  effects: Pruner,
  batches: readonly Batch[],
  { isStopped, onPruned }: { isStopped(): boolean; onPruned(batch: BatchId): void },
): Promise<void> {
  await rememberFirstDay(effects.table);
  const over = await stillOver(effects, batches);
  for (const batch of over) {
    for await (const { key } of uploadOf(effects, batch)) await effects.store.delete(key);
  }
  // From here on no item reuses their images; the second look sees earlier ones.
  const before = await objectsOfPruned(effects, over);
  for (const batch of over) await forgetImages(effects, batch, before);
  const { inUse, orphans } = await objectsOfPruned(effects, over);
  await deleteObjects(effects, [...orphans]);
  for (const batch of over) {
    if (isStopped()) return;
    const keys: string[] = [];
    for await (const { key } of ownObjects(effects, batch)) if (!inUse.has(key)) keys.push(key);
    await deleteObjects(effects, keys);
    await deleteRows(effects, batch);
    onPruned(batch.id);
  }
}

/** A retry may have reopened a batch since it was chosen. */
async function stillOver({ table }: Pruner, batches: readonly Batch[]): Promise<Batch[]> {
  const now = await Promise.all(batches.map(({ id }) => readBatch(table, id)));
  return now.flatMap((batch) => (batch !== undefined && isOver(batch) ? [batch] : []));
}

async function deleteObjects({ store }: Pruner, keys: readonly string[]): Promise<void> {
  await eachConcurrently(keys, DELETES_AT_ONCE, (key) => store.delete(key));
}

/** Removes these images from the reusable ones. */
async function forgetImages(
  effects: Pruner,
  batch: Batch,
  { inUse, orphans }: ObjectsOfPruned,
): Promise<void> {
  for await (const item of itemsOf(effects.table, batch.id)) {
    const [key] = imageKeysOf(item);
    if (key === undefined || item.content === undefined || inUse.has(key)) continue;
    if (item.state.kind === 'reused' && !orphans.has(key)) continue;
    const row = await effects.table.get(contentKey(item.content));
    // A newer image of the same content stays.
    if (row === undefined || rowToContent(row).image.key !== key) continue;
    await effects.table.write([{ kind: 'delete', key: contentKey(item.content) }]);
  }
}

async function deleteRows({ table }: Pick<Effects, 'table'>, batch: Batch): Promise<void> {
  const { id } = batch;
  const parts = [
    ...ALL_SHARDS.map((shard) => itemsPartition(id, shard)),
    rejectedPartition(id),
    marksPartition(id),
  ];
  for (const pk of parts) await deleteAll(table, await keysIn(table, pk));
  const own = batchKey(id);
  const rest = (await keysIn(table, own.pk)).filter(({ sk }) => sk !== own.sk && sk !== BATCH_BUDGET);
  await deleteAll(table, rest);
  await deleteAll(table, [batchListKey(batch), own]);
}

async function keysIn(table: Effects['table'], pk: string): Promise<TableKey[]> {
  const keys: TableKey[] = [];
  for await (const { sk } of table.query({ pk, fields: ['row'] })) keys.push({ pk, sk });
  return keys;
}

async function deleteAll(table: Effects['table'], keys: readonly TableKey[]): Promise<void> {
  await eachConcurrently(inGroups(keys, ROWS_TOGETHER), DELETES_AT_ONCE, (group) =>
    table.write(group.map((key): TableWrite => ({ kind: 'delete', key }))),
  );
}
