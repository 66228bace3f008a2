import type { BatchId } from '../../shared/domain/ids.ts';
import type { Effects } from '../../shared/pipeline/effects.ts';
import { type BatchStatus, batchStatus } from '../../shared/pipeline/finish/batch-status.ts';

const POLL_MS = 250;

/** Follows a batch until it finishes, pauses or is interrupted; returns its last status, undefined before ingest. Throws `failed`. */
export async function follow(
  effects: Effects,
  batch: BatchId,
  interrupted: AbortSignal,
  onStatus: (status: BatchStatus) => void,
  failed: () => unknown = () => undefined,
): Promise<BatchStatus | undefined> {
  for (;;) {
    const status = await batchStatus(effects, batch);
    if (status !== undefined) onStatus(status);
    const error = failed();
    if (error !== undefined) throw error;
    if (interrupted.aborted || isOver(status)) return status;
    await effects.clock.sleep(POLL_MS, interrupted);
  }
}

/** Shows a batch's progress meanwhile, such as calls in progress when a run stops. */
export async function followUntil(
  ended: Promise<unknown>,
  effects: Effects,
  batch: BatchId,
  onStatus: (status: BatchStatus) => void,
): Promise<void> {
  const over = new AbortController();
  const done = ended.finally(() => over.abort());
  // If following fails first, that is the error to report.
  done.catch(() => undefined);
  await follow(effects, batch, over.signal, onStatus);
  await done;
  await follow(effects, batch, over.signal, onStatus);
}

function isOver(status: BatchStatus | undefined): boolean {
  return status?.state === 'complete' || status?.state === 'refused' || status?.state === 'paused';
}
