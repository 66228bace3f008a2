import type { BatchId } from '../../domain/ids.ts';
import { batchIdOf, UPLOADS_PREFIX } from '../../domain/item/object-keys.ts';
import type { Effects } from '../effects.ts';
import type { BatchResult } from './batch-status.ts';

/** The status of a submitted file before ingest; undefined if there is none. */
export async function waitingUpload(
  { store }: Pick<Effects, 'store'>,
  id: BatchId,
): Promise<BatchResult | undefined> {
  for await (const { key, version } of store.list(UPLOADS_PREFIX)) {
    if (batchIdOf(key, version) === id) return notBegun(id);
  }
  return undefined;
}

/** What a file comes to before ingest. */
export function notBegun(batch: BatchId): BatchResult {
  return {
    batch,
    state: 'ingesting',
    items: { done: 0, reused: 0, failed: 0, cancelled: 0, pending: 0 },
    rejected: 0,
    creditsMicro: 0,
    creditsMaxUnknownMicro: 0,
    images: [],
    failures: [],
  };
}
