import type { BatchState } from '../../domain/batch/batch.ts';
import type { BatchId } from '../../domain/ids.ts';
import { type Item, type ItemFailureCode, NO_HISTORY } from '../../domain/item/item.ts';
import { itemsOf } from '../batch/batch-items.ts';
import { readBatch } from '../batch/batches.ts';
import { workMessageOf } from '../batch/messages.ts';
import { writeReopening } from '../batch/reopen.ts';
import type { Effects } from '../effects.ts';
import { completeIfEnded } from '../finish/complete-batch.ts';
import type { Condition, TableWrite } from '../ports.ts';
import { historyValue, itemKey, stateFields } from '../rows/item-row.ts';
import { addProgress } from '../rows/progress-row.ts';
import { shardOfRow } from '../rows/shards.ts';

/** The failed items with this code, or the cancelled ones. */
export type RetryOnly =
  | ItemFailureCode
  | 'cancelled'
  | { readonly items: readonly Pick<Item, 'row' | 'variant'>[] };

export type RetryResult =
  | {
      readonly kind: 'retried';
      readonly items: number;
      /** Failed items left alone, by code. */
      readonly left: Readonly<Record<string, number>>;
    }
  /** Not all was requeued: its manifest is being written. */
  | { readonly kind: 'busy' }
  | { readonly kind: 'cancelling' }
  | { readonly kind: 'refused-file'; readonly state: BatchState };

type Retrier = Pick<Effects, 'table' | 'store' | 'workQueue' | 'clock' | 'notify' | 'models'>;

/** A transaction takes 100 writes and 4 MB; an item is at most 100 KB. */
const CHUNK_ITEMS = 25;

/**
 * Queues failed items again and reopens the batch; unknown outcomes only if named in `only`. Safe to run concurrently.
 * Undefined if there is no such batch. A finisher whose lease ends by `leasesEndedByMs` counts as dead.
 */
export async function retryBatch(
  effects: Retrier,
  id: BatchId,
  only?: RetryOnly,
  leasesEndedByMs = effects.clock.now(),
): Promise<RetryResult | undefined> {
  const found = await readBatch(effects.table, id);
  // Its finisher may be dead.
  if (found?.state === 'finishing') await completeIfEnded(effects, id, leasesEndedByMs);
  const batch = found?.state === 'finishing' ? await readBatch(effects.table, id) : found;
  if (batch === undefined) return undefined;
  if (batch.state === 'refused') return { kind: 'refused-file', state: batch.state };
  if (batch.state === 'finishing') return { kind: 'busy' };
  if (batch.cancelledAt !== undefined && batch.state !== 'complete') return { kind: 'cancelling' };

  const left: Record<string, number> = {};
  let items = 0;
  for await (const chunk of chosenItems(effects, id, only, left)) {
    const set = await setBack(
      effects,
      id,
      chunk.filter((item) => !isQueued(item)),
    );
    if (set === 'busy') return { kind: 'busy' };
    items += set;
    const waiting = chunk.filter(isQueued);
    if (waiting.length > 0) await effects.workQueue.send(waiting.map(workMessageOf));
  }
  await completeIfEnded(effects, id);
  return { kind: 'retried', items, left };
}

/** The items of a retry, in chunks; `left` counts other failures by code. */
async function* chosenItems(
  { table }: Retrier,
  id: BatchId,
  only: RetryOnly | undefined,
  left: Record<string, number>,
): AsyncGenerator<Item[]> {
  let chunk: Item[] = [];
  for await (const item of itemsOf(table, id)) {
    const { state } = item;
    if (isSelected(item, only) || mayLackMessage(item, only)) chunk.push(item);
    else if (state.kind === 'failed') left[state.code] = (left[state.code] ?? 0) + 1;
    if (chunk.length < CHUNK_ITEMS) continue;
    yield chunk;
    chunk = [];
  }
  yield chunk;
}

/** Whether a retry includes an item: an unknown outcome only by name. */
export function isSelected(item: Item, only: RetryOnly | undefined): boolean {
  const { state, row, variant } = item;
  if (typeof only === 'object') {
    const named = only.items.some((each) => each.row === row && each.variant === variant);
    return named && (state.kind === 'failed' || state.kind === 'cancelled');
  }
  if (state.kind === 'cancelled') return only === 'cancelled';
  if (state.kind !== 'failed') return false;
  return only === undefined ? state.code !== 'unknown_outcome' : state.code === only;
}

/** A retry that died after it had set items back may not have sent their messages; repeated ones are harmless. */
function mayLackMessage(item: Item, only: RetryOnly | undefined): boolean {
  return isQueued(item) && (only === 'cancelled' || (item.attempts?.length ?? 0) > 0);
}

function isQueued({ state }: Item): boolean {
  return state.kind === 'queued';
}

/** Requeues a chunk with messages; skips items that have changed. */
async function setBack(effects: Retrier, id: BatchId, items: readonly Item[]): Promise<number | 'busy'> {
  for (let left = items; left.length > 0; ) {
    const result = await writeReopening(effects, id, setBackWrites(effects, left), {
      cancelledAt: undefined,
    });
    switch (result.kind) {
      case 'busy':
        return 'busy';
      case 'written':
        await effects.workQueue.send(left.map(workMessageOf));
        return left.length;
      case 'refused': {
        const refused = new Set(result.indexes);
        left = left.filter((_, index) => !refused.has(index));
      }
    }
  }
  return 0;
}

function setBackWrites({ clock }: Retrier, items: readonly Item[]): TableWrite[] {
  const [first] = items;
  if (first === undefined) return [];
  const queued = stateFields({ kind: 'queued', notBeforeMs: clock.now() });
  const failed = items.filter(({ state }) => state.kind === 'failed').length;
  const counted = { failed: -failed, cancelled: failed - items.length };
  return [
    ...items.map(
      (item): TableWrite => ({
        kind: 'update',
        key: itemKey(item),
        set: { ...queued, history: historyValue(NO_HISTORY) },
        onlyIf: isAsItWas(item),
      }),
    ),
    addProgress(first.batch, shardOfRow(first.row), counted),
  ];
}

function isAsItWas({ state }: Item): Condition {
  const isKind: Condition = { kind: 'equals', field: 'state', value: state.kind };
  if (state.kind !== 'failed') return isKind;
  return { kind: 'all', of: [isKind, { kind: 'equals', field: 'code', value: state.code }] };
}
