import type { Effects } from '../../shared/pipeline/effects.ts';
import { type DueRun, runDue } from '../../shared/pipeline/schedule/due-runs.ts';
import { allSchedules } from '../../shared/pipeline/schedule/schedules.ts';

interface Ticker {
  /** Finishes a run that is starting. */
  stop(): Promise<void>;
}

/** Runs schedules at their times, as EventBridge Scheduler does on AWS. */
export function startTicker(effects: Effects, intervalMs: number, onRun: (run: DueRun) => void): Ticker {
  const stopping = new AbortController();
  const ended = tick(effects, intervalMs, onRun, stopping.signal);
  return {
    stop: () => {
      stopping.abort();
      return ended;
    },
  };
}

async function tick(
  effects: Effects,
  intervalMs: number,
  onRun: (run: DueRun) => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await runDueSchedules(effects, onRun);
    } catch (error) {
      effects.log.error('could not look for schedules; trying again', error);
    }
    await effects.clock.sleep(intervalMs, signal);
  }
}

/** A failing schedule does not stop the others. */
export async function runDueSchedules(effects: Effects, onRun: (run: DueRun) => void): Promise<void> {
  for await (const schedule of allSchedules(effects.table)) {
    try {
      const run = await runDue(effects, schedule);
      if (run !== undefined) onRun(run);
    } catch (error) {
      effects.log.error('a schedule could not be run; trying again', error, { schedule: schedule.name });
    }
  }
}
