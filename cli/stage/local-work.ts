import { acquireHome, type BusyHome, isOwned, type OwnedHome } from '../../local/stage/home-lock.ts';
import { startReporting } from '../../local/stage/reporting.ts';
import { readStageFile } from '../../local/stage/stage-file.ts';
import { startWorkers, type Workers } from '../../local/stage/workers.ts';
import type { BatchId } from '../../shared/domain/ids.ts';
import type { Effects } from '../../shared/pipeline/effects.ts';
import { sweep } from '../../shared/pipeline/life/sweep.ts';
import { uploadMessageOf } from '../../shared/pipeline/messages.ts';
import { forgetDeadCalls } from '../../shared/pipeline/rate/forget-dead-calls.ts';
import { endPauses } from '../../shared/pipeline/rate/provider-pauses.ts';
import type { Config } from '../../shared/runtime/config.ts';
import { ownerText } from './in-use.ts';
import type { OpenStage } from './open-stage.ts';

/** Work on a batch of an embedded stage, here or in the process that works there. */
export interface LocalWork {
  /** This process has worked. */
  hasWorked(): boolean;
  /** Why it can't continue. */
  failure(): unknown;
  /** Starts no new call, and waits for those in progress. Safe to call twice. */
  stop(): Promise<void>;
}

interface Work {
  readonly effects: Effects;
  readonly stage: NonNullable<OpenStage['embedded']> & Pick<OpenStage, 'folder'>;
  readonly config: Config;
  readonly batch: BatchId;
  readonly key: string;
  readonly say: (line: string) => void;
}

const LOOK_MS = 500;

/** Starts the workers on a batch. If another process works in the stage, that one generates it; this one takes over when it ends. */
export async function startLocalWork(
  { runtime: { effects }, folder, embedded }: OpenStage,
  options: Omit<Work, 'effects' | 'stage'>,
): Promise<LocalWork> {
  if (embedded === undefined) throw new Error('only a stage on this machine is worked in by a run');
  const stage = { ...embedded, folder };
  const work: Work = { ...options, effects, stage };
  const stopping = new AbortController();
  let own: { readonly workers: Workers; readonly home: OwnedHome } | undefined;
  let failure: unknown;

  const begin = async (home: OwnedHome) => {
    const workers = await startReporting(effects, options.config, false, (reported) =>
      startOnBatch({ ...work, effects: reported }, home),
    );
    own = { home, workers };
  };
  const home = await acquireHome(stage.folder);
  if (home.kind === 'owned') await begin(home);
  const following =
    home.kind === 'busy'
      ? untilFree(work, home, stopping.signal, begin).catch((error: unknown) => {
          failure = error;
        })
      : undefined;

  return {
    hasWorked: () => own !== undefined,
    failure: () => failure ?? stage.trouble(),
    stop: async () => {
      stopping.abort();
      await following;
      await own?.workers.stop();
      own?.home.release();
    },
  };
}

/** Running a file says that the cause of a provider pause is fixed. Works on this batch alone until others are submitted. */
async function startOnBatch(work: Work, home: OwnedHome): Promise<Workers> {
  const { effects, stage, config, batch, key } = work;
  const { models, itemsAtOnce } = config;
  try {
    await endPauses(effects, models.keys());
    await stage.clearLeftovers();
    await forgetDeadCalls(effects, models.keys());
    await home.announce(effects.clock.now());
    // No other process works here, so every lease is a dead one's.
    await sweep(effects, { leasesEndedByMs: Number.MAX_SAFE_INTEGER, resend: batch });
    await effects.ingestQueue.send([uploadMessageOf({ key })]);
    return startWorkers(effects, { itemsAtOnce, watchUploads: false, isAlone: true });
  } catch (error) {
    home.release();
    throw error;
  }
}

/** Leaves the work to the other process; the next worker gets its forgotten messages again. */
async function untilFree(
  work: Work,
  busy: BusyHome,
  signal: AbortSignal,
  begin: (home: OwnedHome) => Promise<void>,
): Promise<void> {
  const { effects, stage, batch, key, say } = work;
  say(`${ownerText(busy)} is working in ${stage.folder} and generates this batch too; following it`);
  await effects.ingestQueue.send([uploadMessageOf({ key })]);
  for (let owner = busy.owner; !signal.aborted; await effects.clock.sleep(LOOK_MS, signal)) {
    if (!isOwned(stage.folder)) {
      const home = await acquireHome(stage.folder);
      if (home.kind === 'owned') {
        say(`${ownerText({ kind: 'busy', owner })} has ended; this run generates the rest`);
        return await begin(home);
      }
    }
    const latest = await readStageFile(stage.folder);
    if (latest?.pid === owner?.pid && latest?.sinceMs === owner?.sinceMs) continue;
    owner = latest;
    await effects.ingestQueue.send([uploadMessageOf({ key })]);
    await sweep(effects, { leasesEndedByMs: effects.clock.now(), resend: batch });
  }
}
