import type { DashboardHost, WorkStarted } from '../../dashboard/host.ts';
import type { Workers } from '../../local/stage/workers.ts';
import type { BatchId } from '../../shared/domain/ids.ts';
import type { Config } from '../../shared/runtime/config.ts';
import { requireKey } from '../flags/require-key.ts';
import { isEmbedded } from '../stage-names.ts';
import { stageFlag } from '../text/resume-hint.ts';
import { UsageError } from '../usage-error.ts';
import { version } from '../version.ts';
import { startLocalWork } from './local-work.ts';
import { type OpenStage, openStage, type StageOptions } from './open-stage.ts';
import { withTimetable } from './timetable.ts';
import { userName } from './user-name.ts';

/** Who works for a dashboard: the process that serves it already, or workers that a button starts. */
export interface DashboardWork {
  work(batch: BatchId, uploadKey: string): Promise<WorkStarted>;
  isWorkedOn(): Promise<boolean>;
  /** Ends what it started; calls in progress are waited for. */
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
    withTimetable: (act) => withTimetable(config, act),
    work,
    isWorkedOn,
  };
}

/** A stage whose workers run already: `dev`, or a deployed one. */
export const ALREADY_WORKED_ON: DashboardWork = {
  work: async () => ({ kind: 'working' }),
  isWorkedOn: async () => true,
  stop: async () => undefined,
};

/** Workers of an embedded stage, started by the first button that needs them: opening the page alone pays nothing. */
export function workOnDemand(
  looking: OpenStage,
  config: Config,
  isSimulated: boolean,
  options: StageOptions,
): DashboardWork {
  let opened: OpenStage | undefined;
  let workers: Workers | undefined;

  async function work(batch: BatchId, uploadKey: string): Promise<WorkStarted> {
    try {
      requireKey(config, isSimulated);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      return { kind: 'problem', message: `${error.message} Then start the dashboard again.` };
    }
    const before = workers;
    if (before !== undefined) await before.stop();
    try {
      opened ??= looking.mayChange ? await openStage(config, 'work', options) : looking;
    } catch (error) {
      // Another command has the stage: `dev` and `worker` take what was submitted, `run` does not.
      if (error instanceof UsageError)
        return { kind: 'working', note: 'Another pressrun works in this stage.' };
      throw error;
    }
    workers = await startLocalWork(opened, config, batch, uploadKey);
    return { kind: 'working' };
  }

  return {
    work,
    isWorkedOn: async () => workers !== undefined || looking.mayChange,
    stop: async () => {
      await workers?.stop();
      if (opened !== undefined && opened !== looking) await opened.close();
    },
  };
}
