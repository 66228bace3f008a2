import type { BatchState } from '../../domain/batch/batch.ts';
import type { BatchId } from '../../domain/ids.ts';
import type { Item } from '../../domain/item/item.ts';
import { itemsOf } from '../batch/batch-items.ts';
import { readBatch } from '../batch/batches.ts';
import type { Effects } from '../effects.ts';
import { completeIfEnded } from '../finish/complete-batch.ts';
import { adoptImage } from '../image/adopt.ts';
import { findStoredImage } from '../image/stored-image.ts';
import { isoTime } from '../money/attempt.ts';
import type { Condition, TableWrite } from '../ports.ts';
import { batchKey } from '../rows/batch-row.ts';
import { itemKey, stateFields } from '../rows/item-row.ts';
import { addProgress } from '../rows/progress-row.ts';
import { shardOfRow } from '../rows/shards.ts';

type CancelResult =
  | { readonly kind: 'cancelled'; readonly items: number }
  | { readonly kind: 'over'; readonly state: BatchState };

type Canceller = Pick<Effects, 'table' | 'store' | 'clock' | 'log' | 'notify' | 'models'>;

/** A transaction takes 100 writes and 4 MB; an item is at most 100 KB. */
const CHUNK_ITEMS = 25;

/**
 * Cancels a batch: within two seconds no item starts, calls in progress are recorded, images stay. Safe to repeat; the
 * sweep cancels the rest. Undefined if there is no such batch.
 */
export async function cancelBatch(effects: Canceller, id: BatchId): Promise<CancelResult | undefined> {
  const batch = await readBatch(effects.table, id);
  if (batch === undefined) return undefined;
  const { state } = batch;
  if (state !== 'ingesting' && state !== 'running') return { kind: 'over', state };
  const at = batch.cancelledAt ?? isoTime(effects.clock.now());
  const onlyIf = { kind: 'equals', field: 'state', value: state } as const;
  const result = await effects.table.write([
    { kind: 'update', key: batchKey(id), set: { cancelledAt: at }, onlyIf },
  ]);
  // It was ingested or completed at this moment.
  if (result.kind === 'refused') return await cancelBatch(effects, id);
  const items = await cancelWaiting(effects, id, at);
  await completeIfEnded(effects, id);
  return { kind: 'cancelled', items };
}

/** Cancels all queued items of a cancelled batch; returns their number. */
export async function cancelWaiting(effects: Canceller, id: BatchId, at: string): Promise<number> {
  let cancelled = 0;
  let chunk: Item[] = [];
  for await (const item of itemsOf(effects.table, id)) {
    if (item.state.kind === 'queued') chunk.push(item);
    if (chunk.length < CHUNK_ITEMS) continue;
    cancelled += await cancelItems(effects, chunk, at);
    chunk = [];
  }
  return cancelled + (await cancelItems(effects, chunk, at));
}

/** Cancels queued items while the batch is cancelled since `at`. An earlier attempt's image is kept: its item is done. */
async function cancelItems(effects: Canceller, items: readonly Item[], at: string): Promise<number> {
  let left: readonly Item[] = await withoutStored(effects, items);
  for (;;) {
    const [first] = left;
    if (first === undefined) return 0;
    const result = await effects.table.write([
      ...left.map(cancelWrite),
      addProgress(first.batch, shardOfRow(first.row), { cancelled: left.length }),
      { kind: 'update', key: batchKey(first.batch), set: { cancelledAt: at }, onlyIf: isCancelledSince(at) },
    ]);
    if (result.kind === 'written') return left.length;
    const refused = new Set(result.indexes);
    if (refused.has(left.length + 1)) return 0;
    left = left.filter((_, index) => !refused.has(index));
  }
}

/** Writes the same value: a condition check would be a permission of its own for every function. */
function isCancelledSince(at: string): Condition {
  return { kind: 'equals', field: 'cancelledAt', value: at };
}

function cancelWrite(item: Item): TableWrite {
  return {
    kind: 'update',
    key: itemKey(item),
    set: stateFields({ kind: 'cancelled' }),
    onlyIf: { kind: 'equals', field: 'state', value: 'queued' },
  };
}

/** Only an item whose attempt may have been billed can have an image. */
async function withoutStored(effects: Canceller, items: readonly Item[]): Promise<Item[]> {
  const left: Item[] = [];
  for (const item of items) {
    const stored = item.history.billable > 0 ? await findStoredImage(effects, item) : undefined;
    if (stored === undefined) left.push(item);
    else await adoptImage(effects, item, stored);
  }
  return left;
}
