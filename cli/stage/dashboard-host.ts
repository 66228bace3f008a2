import type { DashboardHost, WorkStarted } from '../../dashboard/host.ts';
import { isOwned } from '../../local/stage/home-lock.ts';
import type { BatchId } from '../../shared/domain/ids.ts';
import { uploadMessageOf } from '../../shared/pipeline/messages.ts';
import type { Config } from '../../shared/runtime/config.ts';
import { version } from '../../shared/version.ts';
import { requireKey } from '../flags/require-key.ts';
import { isEmbedded } from '../stage-names.ts';
import { stageFlag } from '../text/hints.ts';
import { UsageError } from '../usage-error.ts';
import { userName } from '../user-name.ts';
import { type LocalWork, startLocalWork } from './local-work.ts';
import type { OpenStage } from './open-stage.ts';
import { withScheduleTriggers } from './schedule-triggers.ts';

/** A dashboard's workers: the serving process's, or started by a button. */
interface DashboardWork {
  work(batch: BatchId, uploadKey: string): Promise<WorkStarted>;
  isWorkedOn(): Promise<boolean>;
  /** Stops what it started, after calls in progress. */
  stop(): Promise<void>;
}

export function dashboardHost(
  { runtime }: OpenStage,
  config: Config,
  isSimulated: boolean,
  { work, isWorkedOn }: Pick<DashboardWork, 'work' | 'isWorkedOn'>,
): DashboardHost {
  return {
    effects: runtime.effects,
    stage: config.stage,
    region: config.region,
    isLocal: isEmbedded(config.stage),
    isSimulated,
    flag: stageFlag(config.stage),
    version: version(),
    user: userName(),
    callsAtOnce: config.itemsAtOnce,
    withTimetable: (act) => withScheduleTriggers(config, act),
    work,
    isWorkedOn,
  };
}

/** A stage with workers: `dev`, or a deployed one. */
export const WORKERS_RUNNING: DashboardWork = {
  work: async () => ({ kind: 'working' }),
  isWorkedOn: async () => true,
  stop: async () => undefined,
};

/** Workers of an embedded stage, started by the first button that needs them: viewing costs nothing. */
export function workersOnDemand(looking: OpenStage, config: Config, isSimulated: boolean): DashboardWork {
  const { effects } = looking.runtime;
  let started: LocalWork | undefined;
  let starting: Promise<WorkStarted> | undefined;

  async function work(batch: BatchId, key: string): Promise<WorkStarted> {
    try {
      requireKey(config, isSimulated);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      return { kind: 'problem', message: `${error.message} Then start the dashboard again.` };
    }
    // In turn: the second batch finds the first one's workers.
    await starting;
    starting = begin(batch, key);
    return await starting;
  }

  async function begin(batch: BatchId, key: string): Promise<WorkStarted> {
    if (started?.hasWorked()) {
      await effects.ingestQueue.send([uploadMessageOf({ key })]);
      return { kind: 'working' };
    }
    const notes: string[] = [];
    await started?.stop();
    started = await startLocalWork(looking, { config, batch, key, say: (line) => notes.push(line) });
    return notes[0] === undefined ? { kind: 'working' } : { kind: 'working', note: notes[0] };
  }

  return {
    work,
    isWorkedOn: async () => looking.embedded === undefined || isOwned(looking.folder),
    stop: async () => {
      await starting;
      await started?.stop();
    },
  };
}
