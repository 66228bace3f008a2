import type { Context } from 'aws-lambda';
import { eventBus } from '../../aws/event-bus.ts';
import type { Effects, PipelineEvent } from '../../pipeline/effects.ts';
import type { Clock } from '../../pipeline/ports.ts';
import type { Provider } from '../../provider/types.ts';
import { type Config, readConfig } from '../config.ts';
import { createAnnouncer } from '../reporting/announcer.ts';
import { createRuntimeWith } from '../runtime.ts';
import { createMeter, type Meter } from './metrics.ts';
import { createTelemetry } from './telemetry.ts';

type Handler<Event, Result> = (event: Event, context: Context) => Promise<Result>;

interface WorkerRuntime {
  readonly config: Config;
  readonly effects: Effects;
  readonly meter: Meter;
  /** Writes metrics and sends events at the end of each invocation, however it ends. */
  instrument<Event, Result>(handler: Handler<Event, Result>): Handler<Event, Result>;
}

/** For ingest, generate and sweep, with Powertools. Only generate calls a provider. */
export async function createWorkerRuntime(
  providerOf: (clock: Clock, config: Config) => Provider = noProvider,
): Promise<WorkerRuntime> {
  const config = readConfig();
  const { log, metrics, logger } = createTelemetry(config);
  const meter = createMeter(metrics);
  const announcer = createAnnouncer(eventBus(), config);
  const notify = (event: PipelineEvent) => {
    meter.see(event);
    announcer.see(event);
  };
  const { effects } = await createRuntimeWith(config, { log, notify }, (clock) => providerOf(clock, config));
  const instrument =
    <Event, Result>(handler: Handler<Event, Result>): Handler<Event, Result> =>
    async (event, context) => {
      logger.addContext(context);
      try {
        return await handler(event, context);
      } finally {
        meter.publish();
        await announcer.send(effects);
      }
    };
  return { config, effects, meter, instrument };
}

function noProvider(): Provider {
  const call = () => Promise.reject(new Error('this function calls no provider'));
  return { call, reread: call };
}
