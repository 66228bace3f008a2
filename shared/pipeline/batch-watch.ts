import type { BatchId } from '../domain/ids.ts';
import { batchPausesNow } from './batch-pauses.ts';
import { readBatch } from './batches.ts';
import type { Effects } from './effects.ts';

/** Whether items of a batch may be begun. */
export type BatchStanding = 'goes-on' | 'paused' | 'cancelled';

/** How long a worker believes what it knows of a batch: a new pause or cancellation is seen after it. */
const FRESH_MS = 2_000;

/** What one worker knows of batches that a person or a budget stopped. */
export function createBatchWatch(effects: Pick<Effects, 'table' | 'clock'>) {
  const seen = new Map<BatchId, { readonly standing: BatchStanding; readonly atMs: number }>();

  return async function standingOf(batch: BatchId): Promise<BatchStanding> {
    const atMs = effects.clock.now();
    const known = seen.get(batch);
    if (known !== undefined && atMs - known.atMs < FRESH_MS) return known.standing;
    const standing = await readStanding(effects, batch);
    seen.set(batch, { standing, atMs });
    return standing;
  };
}

async function readStanding(effects: Pick<Effects, 'table' | 'clock'>, id: BatchId): Promise<BatchStanding> {
  const [batch, pauses] = await Promise.all([readBatch(effects.table, id), batchPausesNow(effects, id)]);
  if (batch?.cancelledAt !== undefined) return 'cancelled';
  return pauses.length > 0 ? 'paused' : 'goes-on';
}
