import type { Endpoints } from '../aws/client-options.ts';
import { createLateClients } from '../aws/late-clients.ts';
import { queueUrlOf } from '../aws/sqs/queue-url.ts';
import { sqsQueue } from '../aws/sqs/sqs-queue.ts';
import { systemClock } from '../aws/system-clock.ts';
import type { Effects } from '../pipeline/effects.ts';
import type { Clock, Log, ObjectStore } from '../pipeline/ports.ts';
import type { Provider } from '../provider/types.ts';
import type { Config } from './config.ts';
import { createEffects } from './effects.ts';
import { createStores } from './stores.ts';

export interface RuntimeOptions {
  readonly log: Log;
  /** For emulators, whose ports are found at start. */
  readonly endpoints?: Endpoints;
  /** A folder instead of the bucket. */
  readonly store?: ObjectStore;
  readonly notify?: Effects['notify'];
}

export interface Runtime {
  readonly effects: Effects;
  close(): Promise<void>;
}

/** Takes the provider, so that functions without calls don't carry its code. */
export async function createRuntimeWith(
  config: Config,
  options: RuntimeOptions,
  providerOf: (clock: Clock) => Provider,
): Promise<Runtime> {
  const { endpoints, log, store, notify } = options;
  const clients = createLateClients({
    customEndpoint: config.customEndpoint,
    ...(endpoints === undefined ? {} : { endpoints }),
    ...(config.region === undefined ? {} : { region: config.region }),
  });
  const clock = systemClock();
  const backoff = { random: Math.random, sleep: clock.sleep };
  const [work, ingest] = await Promise.all([
    config.workQueueUrl ?? queueUrlOf(clients.sqs, config.names.workQueue),
    config.ingestQueueUrl ?? queueUrlOf(clients.sqs, config.names.ingestQueue),
  ]);
  const fairQueues = !config.customEndpoint && endpoints === undefined;
  const queue = (queueUrl: string) => sqsQueue({ client: clients.sqs, queueUrl, fairQueues, backoff });
  const effects = createEffects(config, {
    ...createStores(config, clients, clock),
    ...(store === undefined ? {} : { store }),
    workQueue: queue(work),
    ingestQueue: queue(ingest),
    provider: providerOf(clock),
    clock,
    log,
    ...(notify === undefined ? {} : { notify }),
  });
  return { effects, close: async () => clients.close() };
}
