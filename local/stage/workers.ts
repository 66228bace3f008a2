import { CALL_MS, createHandler as createGenerateHandler } from '../../functions/generate/handler.ts';
import { createHandler as createIngestHandler } from '../../functions/ingest/handler.ts';
import { createHandler as createReportHandler, DAILY } from '../../functions/report/handler.ts';
import { createHandler as createSweepHandler } from '../../functions/sweep/handler.ts';
import { ALONE, ONE_OF_MANY } from '../../shared/pipeline/pace/rate-limiter.ts';
import type { Runtime } from '../../shared/runtime/effects.ts';
import { startEventSource } from './event-source.ts';
import { startUploadWatcher } from './upload-watcher.ts';

interface WorkerSettings {
  readonly itemsAtOnce: number;
  /** Whether new objects under `uploads/` are taken in, as S3's events would have it. */
  readonly watchUploads: boolean;
  /** Whether the queues end with this process, as those of the embedded stage do. */
  readonly ownsQueues: boolean;
}

export interface Workers {
  /** Ends them: no new call begins, calls under way are waited for. */
  stop(): Promise<void>;
}

/** The longest that a Lambda may run. */
const TIMEOUT_MS = 900_000;
/** Invocations side by side, so that a straggler in one does not leave the other's slots idle. */
const GENERATE_CONCURRENCY = 2;
/** An event brings several times more items than run at once, so that slots are filled again as calls end. */
const ITEMS_PER_SLOT = 4;
const SWEEP_EVERY_MS = 60_000;
const LOOK_EVERY_MS = 1_000;
const REPORT_EVERY_MS = 300_000;

/** Runs the Lambda handlers in this process, fed as Lambda would feed them. */
export function startWorkers(runtime: Runtime, settings: WorkerSettings): Workers {
  const { effects, clients, queueUrls } = runtime;
  const { clock, log } = effects;
  const stopping = new AbortController();
  const perInvocation = Math.max(1, Math.ceil(settings.itemsAtOnce / GENERATE_CONCURRENCY));
  const common = {
    sqs: clients.sqs,
    clock,
    log,
    timeoutMs: TIMEOUT_MS,
    breaksOffPolls: settings.ownsQueues,
  };

  const ingest = startEventSource({
    ...common,
    queueUrl: queueUrls.ingest,
    queueArn: arnOf(queueUrls.ingest),
    functionName: 'ingest',
    handler: createIngestHandler(effects),
    batchSize: 1,
    windowMs: 0,
    concurrency: 1,
  });
  const generate = startEventSource({
    ...common,
    queueUrl: queueUrls.work,
    queueArn: arnOf(queueUrls.work),
    functionName: 'generate',
    handler: createGenerateHandler(effects, {
      itemsAtOnce: perInvocation,
      callMs: CALL_MS,
      // Queues that end with this process have no other worker.
      pacing: settings.ownsQueues ? ALONE : { ...ONE_OF_MANY, patienceMs: ALONE.patienceMs },
      stopping: stopping.signal,
    }),
    batchSize: perInvocation * ITEMS_PER_SLOT,
    windowMs: 100,
    concurrency: GENERATE_CONCURRENCY,
  });
  const watcher = settings.watchUploads
    ? startUploadWatcher({
        store: effects.store,
        ingestQueue: effects.ingestQueue,
        intervalMs: LOOK_EVERY_MS,
        clock,
        log,
      })
    : undefined;
  const sweeping = sweepRegularly(runtime, stopping.signal);
  const reporting = reportDaily(runtime, stopping.signal);

  return {
    stop: async () => {
      stopping.abort();
      await Promise.all([watcher?.stop(), ingest.stop(), generate.stop(), sweeping, reporting]);
    },
  };
}

async function sweepRegularly({ effects }: Runtime, signal: AbortSignal): Promise<void> {
  const sweep = createSweepHandler(effects);
  for (;;) {
    await effects.clock.sleep(SWEEP_EVERY_MS, signal);
    if (signal.aborted) return;
    try {
      await sweep();
    } catch (error) {
      effects.log.error('sweep failed', error);
    }
  }
}

/** As the rule of a deployed stage does; it looks more often, because this process may run at any time of a day. */
async function reportDaily({ effects }: Runtime, signal: AbortSignal): Promise<void> {
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

/** Events name their queue so; nothing here goes by it. */
function arnOf(queueUrl: string): string {
  return `arn:aws:sqs:us-east-1:000000000000:${queueUrl.split('/').at(-1) ?? ''}`;
}
