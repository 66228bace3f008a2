import * as z from 'zod/mini';
import type { Batch } from '../../domain/batch/batch.ts';
import type { BatchId } from '../../domain/ids.ts';
import { type Item, imageOf } from '../../domain/item/item.ts';
import {
  batchFilesPrefix,
  batchOfImage,
  imagesPrefix,
  isImageKey,
  quarantinePrefix,
  referenceListKey,
} from '../../domain/item/object-keys.ts';
import { itemsOf } from '../batch/batch-items.ts';
import { newestBatches, readBatch } from '../batch/batches.ts';
import type { Effects } from '../effects.ts';
import type { ObjectHead } from '../ports.ts';
import { parseRow } from '../rows/fields.ts';
import { ITEM_PREFIX, itemsPartition } from '../rows/item-row.ts';
import { ALL_SHARDS } from '../rows/shards.ts';

export interface PrunableBatch {
  readonly batch: Batch;
  readonly objects: number;
  readonly bytes: number;
  /** Images that other batches reuse stay. */
  readonly imagesInUse: number;
}

/** Finished batches, the oldest first; with `olderThanMs`, those that finished before. */
export async function finishedBatches(
  { table }: Pick<Effects, 'table'>,
  olderThanMs = Number.POSITIVE_INFINITY,
): Promise<Batch[]> {
  const over: Batch[] = [];
  for await (const id of newestBatches(table)) {
    const batch = await readBatch(table, id);
    if (batch === undefined || !isOver(batch)) continue;
    if (Date.parse(batch.completedAt ?? batch.createdAt) < olderThanMs) over.push(batch);
  }
  return over.reverse();
}

export function isOver({ state }: Batch): boolean {
  return state === 'complete' || state === 'refused';
}

export async function surveyPrune(
  effects: Pick<Effects, 'table' | 'store'>,
  batches: readonly Batch[],
): Promise<PrunableBatch[]> {
  const leaving = await objectsOfPruned(effects, batches);
  const survey: PrunableBatch[] = [];
  for (const batch of batches) {
    let [objects, bytes, imagesInUse] = [0, 0, 0];
    for await (const object of ownObjects(effects, batch)) {
      if (isImageKey(object.key) && leaving.inUse.has(object.key)) imagesInUse += 1;
      else {
        objects += 1;
        bytes += object.bytes;
      }
    }
    survey.push({ batch, objects, bytes, imagesInUse });
  }
  return survey;
}

/** A batch's own objects. */
export async function* ownObjects(effects: Pick<Effects, 'store'>, batch: Batch): AsyncIterable<ObjectHead> {
  yield* uploadOf(effects, batch);
  for (const prefix of [quarantinePrefix, batchFilesPrefix, imagesPrefix]) {
    yield* effects.store.list(prefix(batch.id));
  }
}

/** Its file and list of references, unless another batch replaced them. */
export async function* uploadOf(
  { store }: Pick<Effects, 'store'>,
  { key, version }: Batch,
): AsyncIterable<ObjectHead> {
  const upload = await store.head(key);
  if (upload?.version !== version) return;
  const list = await store.head(referenceListKey(key));
  if (list !== undefined) yield list;
  yield upload;
}

/** What others still need of pruned batches, and what only they needed outside their folders. */
export interface ObjectsOfPruned {
  /** Their images that others reuse. */
  readonly inUse: ReadonlySet<string>;
  /** References, and images of earlier pruned batches, that no other item names. */
  readonly orphans: ReadonlySet<string>;
}

/** Reads all items of all batches, with few fields. */
export async function objectsOfPruned(
  { table }: Pick<Effects, 'table'>,
  batches: readonly Batch[],
): Promise<ObjectsOfPruned> {
  const leaving = new Set(batches.map(({ id }) => id));
  const orphans = await outsideObjects(table, leaving);
  const inUse = new Set<string>();
  for await (const batch of newestBatches(table)) {
    if (leaving.has(batch)) continue;
    for await (const key of keysNamedIn(table, batch)) {
      const owner = batchOfImage(key);
      if (owner !== undefined && leaving.has(owner)) inUse.add(key);
      orphans.delete(key);
    }
  }
  return { inUse, orphans };
}

/** What items of these batches name outside any batch's folder. */
async function outsideObjects(table: Effects['table'], leaving: ReadonlySet<BatchId>): Promise<Set<string>> {
  const outside = new Set<string>();
  const isGone = new Map<BatchId, Promise<boolean>>();
  const ownerIsGone = async (key: string): Promise<boolean> => {
    const owner = batchOfImage(key);
    if (owner === undefined || leaving.has(owner)) return false;
    const gone = isGone.get(owner) ?? readBatch(table, owner).then((batch) => batch === undefined);
    isGone.set(owner, gone);
    return await gone;
  };
  for (const batch of leaving) {
    for await (const item of itemsOf(table, batch)) {
      for (const reference of item.references) outside.add(reference);
      for (const key of imageKeysOf(item)) if (await ownerIsGone(key)) outside.add(key);
    }
  }
  return outside;
}

export function imageKeysOf(item: Item): string[] {
  const image = imageOf(item);
  return image === undefined ? [] : [image.key, ...image.extras];
}

const NAMED_FIELDS = ['image', 'references'];
const naming = z.object({
  image: z.exactOptional(z.object({ key: z.string(), extras: z.array(z.string()) })),
  references: z.array(z.string()),
});

async function* keysNamedIn(
  { query }: Pick<Effects['table'], 'query'>,
  batch: BatchId,
): AsyncIterable<string> {
  for (const shard of ALL_SHARDS) {
    const pk = itemsPartition(batch, shard);
    for await (const row of query({ pk, skPrefix: ITEM_PREFIX, fields: NAMED_FIELDS })) {
      const { image, references } = parseRow(naming, row);
      yield* references;
      if (image !== undefined) yield* [image.key, ...image.extras];
    }
  }
}
