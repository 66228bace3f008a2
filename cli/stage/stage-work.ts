import { startWorkers, type Workers } from '../../local/stage/workers.ts';
import { sweep } from '../../shared/pipeline/life/sweep.ts';
import { endPauses } from '../../shared/pipeline/pace/provider-pauses.ts';
import type { Config } from '../../shared/runtime/config.ts';
import { isEmbedded } from '../stage-names.ts';
import type { OpenStage } from './open-stage.ts';

/** Starts workers on all that a stage has to do. Starting them is a person's word that what paused the provider is mended. */
export async function startStageWork({ runtime }: OpenStage, config: Config): Promise<Workers> {
  const { effects } = runtime;
  await endPauses(effects, config.models.keys());
  // Nobody else works in an embedded stage, and its queue did not outlive the last process.
  const embedded = isEmbedded(config.stage);
  await sweep(effects, {
    leasesEndedByMs: embedded ? Number.MAX_SAFE_INTEGER : effects.clock.now(),
    resend: embedded ? 'all' : 'uploads',
  });
  return startWorkers(runtime, { itemsAtOnce: config.itemsAtOnce, watchUploads: true, ownsQueues: embedded });
}
