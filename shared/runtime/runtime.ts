import { randomUUID } from 'node:crypto';
import { type AwsClients, createClients, type Endpoints } from '../aws/clients.ts';
import { queueUrlOf } from '../aws/sqs/queue-url.ts';
import { sqsQueue } from '../aws/sqs/sqs-queue.ts';
import { systemClock } from '../aws/system-clock.ts';
import { MAX_REFERENCE_BYTES } from '../domain/calls/models.ts';
import { parseAttemptId } from '../domain/ids.ts';
import type { Effects } from '../pipeline/effects.ts';
import type { Clock, Log, ObjectStore } from '../pipeline/ports.ts';
import { createLinkFetch } from '../provider/http/image-link.ts';
import type { Provider } from '../provider/types.ts';
import type { Config } from './config.ts';
import { createStores } from './stores.ts';

/** For one reference image that is given by link: a page that dawdles must not hold up a file for long. */
const REFERENCE_TIMEOUT_MS = 30_000;

export interface RuntimeOptions {
  readonly log: Log;
  /** Of the embedded stage, whose ports are found at start. */
  readonly endpoints?: Endpoints;
  /** In place of the bucket: the folder of the embedded stage. */
  readonly store?: ObjectStore;
  readonly notify?: Effects['notify'];
}

/** All side effects of a process, and how to let go of them. */
export interface Runtime {
  readonly effects: Effects;
  readonly clients: AwsClients;
  readonly queueUrls: { readonly work: string; readonly ingest: string };
  close(): void;
}

/** Builds all side effects around a provider, so that a function that calls none does not carry its code along. */
export async function createRuntimeWith(
  config: Config,
  options: RuntimeOptions,
  providerOf: (clock: Clock) => Provider,
): Promise<Runtime> {
  const { endpoints, log } = options;
  const clients = createClients({
    customEndpoint: config.customEndpoint,
    ...(endpoints === undefined ? {} : { endpoints }),
    ...(config.region === undefined ? {} : { region: config.region }),
  });
  const clock = systemClock();
  const backoff = { random: Math.random, sleep: clock.sleep };
  const [work, ingest] = await Promise.all([
    queueUrlOf(clients.sqs, config.names.workQueue),
    queueUrlOf(clients.sqs, config.names.ingestQueue),
  ]);
  const fairQueues = !config.customEndpoint && endpoints === undefined;
  const queue = (queueUrl: string) => sqsQueue({ client: clients.sqs, queueUrl, fairQueues, backoff });
  const effects: Effects = {
    ...createStores(config, clients, clock),
    ...(options.store === undefined ? {} : { store: options.store }),
    workQueue: queue(work),
    ingestQueue: queue(ingest),
    provider: providerOf(clock),
    fetchReference: createLinkFetch({
      hosts: config.referenceHosts,
      maxBytes: MAX_REFERENCE_BYTES,
      timeoutMs: REFERENCE_TIMEOUT_MS,
      proxies: config.proxies,
    }),
    clock,
    random: Math.random,
    newAttemptId,
    log,
    models: config.models,
    defaultModel: config.defaultModel,
    prices: config.prices,
    unknownOutcomes: config.unknownOutcomes,
    notify: options.notify ?? (() => undefined),
  };
  return { effects, clients, queueUrls: { work, ingest }, close: clients.close };
}

function newAttemptId() {
  const id = parseAttemptId(randomUUID());
  if (id === undefined) throw new Error('a UUID is always an attempt id');
  return id;
}
