import type { BatchId } from '../../domain/ids.ts';
import { readBatch } from '../batch/batches.ts';
import type { Effects } from '../effects.ts';
import { batchPausesNow } from '../money/batch-pauses.ts';
import { createRecentlyRead } from '../recently-read.ts';

/** Whether items of a batch may be started. */
export type BatchReadiness = 'ready' | 'paused' | 'cancelled';

/** How long a worker believes its view of a batch: it sees a new pause after that. */
const FRESH_MS = 2_000;

/** One worker's view of stopped batches. */
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
