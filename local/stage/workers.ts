import {
  CALL_MS,
  createHandler as createGenerateHandler,
  GROUP_MS,
} from '../../functions/generate/handler.ts';
import { createHandler as createIngestHandler } from '../../functions/ingest/handler.ts';
import { createHandler as createReportHandler, DAILY } from '../../functions/report/handler.ts';
import { createHandler as createSweepHandler } from '../../functions/sweep/handler.ts';
import type { Effects } from '../../shared/pipeline/effects.ts';
import { ALONE, ONE_OF_MANY } from '../../shared/pipeline/rate/rate-limiter.ts';
import { startEventSource } from './event-source.ts';
import { startUploadWatcher } from './upload-watcher.ts';

interface WorkerSettings {
  /** Calls in progress in this process. */
  readonly itemsAtOnce: number;
  /** Ingests new objects under `uploads/`, as S3's events do. */
  readonly watchUploads: boolean;
  /** No other process works in the stage. */
  readonly isAlone: boolean;
  /** A helper of a deployed stage, maybe with another key. */
  readonly isGuest?: boolean;
}

export interface Workers {
  /** Starts no new call, and waits for those in progress. */
  stop(): Promise<void>;
}

/** Local store and table need no more than 15 s of tries, and you are waiting. */
const LOCAL_TRIES = 5;

/** Lambda's maximum. */
const TIMEOUT_MS = 900_000;
/** Items received, stored or recorded beside calls, so that no slot waits for a disk. */
const STORING = 0.25;
const SWEEP_EVERY_MS = 60_000;
const LOOK_EVERY_MS = 1_000;
const REPORT_EVERY_MS = 300_000;

/** Runs the Lambda handlers in this process. */
export function startWorkers(effects: Effects, settings: WorkerSettings): Workers {
  const { clock, log } = effects;
  const { itemsAtOnce, watchUploads, isAlone, isGuest } = settings;
  const stopping = new AbortController();
  const common = { clock, log, timeoutMs: TIMEOUT_MS };
  const ingest = startEventSource({
    ...common,
    queue: effects.ingestQueue,
    functionName: 'ingest',
    handler: createIngestHandler(effects, { tries: LOCAL_TRIES }),
    concurrency: 1,
  });
  const pacing = isAlone ? ALONE : { ...ONE_OF_MANY, patienceMs: ALONE.patienceMs };
  const generate = startEventSource({
    ...common,
    queue: effects.workQueue,
    functionName: 'generate',
    handler: createGenerateHandler(effects, {
      itemsAtOnce,
      freesAfterCall: true,
      callMs: CALL_MS,
      countsMinutes: true,
      pacing,
      ...(!isAlone && { groupMs: GROUP_MS, parks: true }),
      ...(isGuest !== undefined && { isGuest }),
      stopping: stopping.signal,
    }),
    concurrency: itemsAtOnce + Math.ceil(itemsAtOnce * STORING),
  });
  const { store, ingestQueue } = effects;
  const watcher = watchUploads
    ? startUploadWatcher({ store, ingestQueue, intervalMs: LOOK_EVERY_MS, clock, log })
    : undefined;
  const sweeping = sweepRegularly(effects, isAlone, stopping.signal);
  const reporting = reportDaily(effects, stopping.signal);

  return {
    stop: async () => {
      stopping.abort();
      await Promise.all([watcher?.stop(), ingest.stop(), generate.stop(), sweeping, reporting]);
    },
  };
}

async function sweepRegularly(effects: Effects, isAlone: boolean, signal: AbortSignal): Promise<void> {
  // The only worker has no dead colleagues, even after a long sleep.
  const sweep = isAlone ? createSweepHandler(effects, () => 0) : createSweepHandler(effects);
  const { clock } = effects;
  for (;;) {
    const sinceMs = clock.now();
    await clock.sleep(SWEEP_EVERY_MS, signal);
    if (signal.aborted) return;
    // A stopped process renews its own leases first.
    if (clock.now() - sinceMs > 1.5 * SWEEP_EVERY_MS) continue;
    try {
      await sweep();
    } catch (error) {
      effects.log.error('sweep failed', error);
    }
  }
}

/** Like a deployed stage's rule, but more often, because this process may run at any time. */
async function reportDaily(effects: Effects, signal: AbortSignal): Promise<void> {
  const report = createReportHandler(effects);
  while (!signal.aborted) {
    try {
      await report(DAILY);
    } catch (error) {
      effects.log.error('the daily report could not be written', error);
    }
    await effects.clock.sleep(REPORT_EVERY_MS, signal);
  }
}
