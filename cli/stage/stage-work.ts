import { startReporting } from '../../local/stage/reporting.ts';
import { startWorkers, type Workers } from '../../local/stage/workers.ts';
import type { Effects } from '../../shared/pipeline/effects.ts';
import { sweep } from '../../shared/pipeline/life/sweep.ts';
import { forgetDeadCalls } from '../../shared/pipeline/rate/forget-dead-calls.ts';
import { endPauses } from '../../shared/pipeline/rate/provider-pauses.ts';
import type { Config } from '../../shared/runtime/config.ts';
import type { OpenStage } from './open-stage.ts';

interface StageWork {
  /** You say that what paused a stage elsewhere is fixed. */
  readonly endsPauses?: boolean;
}

/** Starts workers on all of a stage. On this machine that ends provider pauses; elsewhere other workers' pauses stay. */
export async function startStageWork(
  stage: OpenStage,
  config: Config,
  { endsPauses = stage.embedded !== undefined }: StageWork = {},
): Promise<Workers> {
  const { runtime, isDeployed } = stage;
  return await startReporting(runtime.effects, config, isDeployed, (effects) =>
    startOn(effects, stage, config, endsPauses),
  );
}

async function startOn(
  effects: Effects,
  { embedded, home, isDeployed }: OpenStage,
  { models, itemsAtOnce }: Config,
  endsPauses: boolean,
): Promise<Workers> {
  if (endsPauses) await endPauses(effects, models.keys());
  await embedded?.clearLeftovers();
  await home?.announce(effects.clock.now());
  // An embedded stage has no other worker, and its messages are lost.
  const isAlone = embedded !== undefined;
  if (isAlone) await forgetDeadCalls(effects, models.keys());
  await sweep(effects, {
    leasesEndedByMs: isAlone ? Number.MAX_SAFE_INTEGER : effects.clock.now(),
    resend: isAlone ? 'all' : 'uploads',
  });
  return startWorkers(effects, { itemsAtOnce, watchUploads: true, isAlone, isGuest: isDeployed });
}
