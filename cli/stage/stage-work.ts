import { startWorkers, type Workers } from '../../local/stage/workers.ts';
import { sweep } from '../../shared/pipeline/life/sweep.ts';
import { forgetDeadCalls } from '../../shared/pipeline/pace/forget-dead-calls.ts';
import { endPauses } from '../../shared/pipeline/pace/provider-pauses.ts';
import type { Config } from '../../shared/runtime/config.ts';
import type { OpenStage } from './open-stage.ts';

/** Starts workers on all that a stage has to do. Starting them is a person's word that what paused the provider is mended. */
export async function startStageWork(
  { runtime: { effects }, embedded, home }: OpenStage,
  { models, itemsAtOnce }: Config,
): Promise<Workers> {
  await endPauses(effects, models.keys());
  await embedded?.clearLeftovers();
  await home?.announce(effects.clock.now());
  // Nobody else works in an embedded stage, and its messages are forgotten.
  const isAlone = embedded !== undefined;
  if (isAlone) await forgetDeadCalls(effects, models.keys());
  await sweep(effects, {
    leasesEndedByMs: isAlone ? Number.MAX_SAFE_INTEGER : effects.clock.now(),
    resend: isAlone ? 'all' : 'uploads',
  });
  return startWorkers(effects, { itemsAtOnce, watchUploads: true, isAlone });
}
