import { startWorkers, type Workers } from '../../local/stage/workers.ts';
import type { BatchId } from '../../shared/domain/ids.ts';
import { uploadMessageOf } from '../../shared/pipeline/batch/messages.ts';
import { sweep } from '../../shared/pipeline/life/sweep.ts';
import { endPauses } from '../../shared/pipeline/pace/provider-pauses.ts';
import type { Config } from '../../shared/runtime/config.ts';
import type { OpenStage } from './open-stage.ts';

/**
 * Starts the workers of an embedded stage on one batch. Running a file is a person's word that what paused the provider is
 * mended, and only this file's batch is worked on.
 */
export async function startLocalWork(
  { runtime }: OpenStage,
  { models, itemsAtOnce }: Config,
  batch: BatchId,
  key: string,
): Promise<Workers> {
  const { effects } = runtime;
  await endPauses(effects, models.keys());
  // No other process works here, and the queues did not outlive the last one.
  await sweep(effects, { leasesEndedByMs: Number.MAX_SAFE_INTEGER, resend: batch });
  await effects.ingestQueue.send([uploadMessageOf({ key })]);
  return startWorkers(runtime, { itemsAtOnce, watchUploads: false, ownsQueues: true });
}
