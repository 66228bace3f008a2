import type { BatchId } from '../../domain/ids.ts';
import { readBatch } from '../batch/batches.ts';
import type { Effects } from '../effects.ts';
import { batchPausesNow } from '../money/batch-pauses.ts';
import { createRecentlyRead } from '../recently-read.ts';

/** Whether items of a batch may be started. */
export type BatchReadiness = 'ready' | 'paused' | 'cancelled';

/** How long a worker believes what it knows of a batch: a new pause or cancellation is seen after it. */
const FRESH_MS = 2_000;

/** What one worker knows of batches that a person or a budget stopped. */
export function createBatchWatch(effects: Pick<Effects, 'table' | 'clock'>) {
  return createRecentlyRead(effects.clock, FRESH_MS, (batch: BatchId) => readReadiness(effects, batch))
    .current;
}

async function readReadiness(
  effects: Pick<Effects, 'table' | 'clock'>,
  id: BatchId,
): Promise<BatchReadiness> {
  const [batch, pauses] = await Promise.all([readBatch(effects.table, id), batchPausesNow(effects, id)]);
  if (batch?.cancelledAt !== undefined) return 'cancelled';
  return pauses.length > 0 ? 'paused' : 'ready';
}
