import { randomUUID } from 'node:crypto';
import { type AwsClients, createClients, type Endpoints } from '../aws/clients.ts';
import { dynamoTable } from '../aws/dynamo-table.ts';
import { queueUrlOf } from '../aws/queue-url.ts';
import { s3Store } from '../aws/s3-store.ts';
import { sqsQueue } from '../aws/sqs-queue.ts';
import { systemClock } from '../aws/system-clock.ts';
import { parseAttemptId } from '../domain/ids.ts';
import type { Effects } from '../pipeline/effects.ts';
import type { Log, ObjectStore } from '../pipeline/ports.ts';
import { createProvider } from '../provider/client.ts';
import type { Config } from './config.ts';

/** What differs between a Lambda, the embedded stage and a test; everything else comes from the configuration. */
export interface EffectOptions {
  readonly log: Log;
  /** Of the embedded stage, whose ports are found at start. */
  readonly endpoints?: Endpoints;
  /** In place of the bucket: the folder of the embedded stage. */
  readonly store?: ObjectStore;
  readonly notify?: Effects['notify'];
  /** In place of the configured key: from Secrets Manager, or the simulator's. */
  readonly apiKey?: () => Promise<string>;
  /** In place of the configured address: the built-in simulator's. */
  readonly providerUrl?: string;
}

/** All side effects of a process, and how to let go of them. */
export interface Runtime {
  readonly effects: Effects;
  readonly clients: AwsClients;
  readonly queueUrls: { readonly work: string; readonly ingest: string };
  close(): void;
}

/** Builds every side effect of the pipeline: the one place where they are put together. Throws where a queue is not there. */
export async function createRuntime(config: Config, options: EffectOptions): Promise<Runtime> {
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
    table: dynamoTable({ client: clients.dynamo, tableName: config.names.table, backoff }),
    store: options.store ?? s3Store({ client: clients.s3, bucket: config.names.bucket, backoff }),
    workQueue: queue(work),
    ingestQueue: queue(ingest),
    provider: createProvider({
      baseUrl: options.providerUrl ?? config.providerUrl,
      apiKey: options.apiKey ?? (() => configuredKey(config)),
      clock,
      random: Math.random,
      linkHosts: config.linkHosts,
      maxAnswerBytes: config.maxAnswerBytes,
    }),
    clock,
    random: Math.random,
    newAttemptId,
    log,
    models: config.models,
    prices: config.prices,
    notify: options.notify ?? (() => undefined),
  };
  return { effects, clients, queueUrls: { work, ingest }, close: clients.close };
}

async function configuredKey(config: Config): Promise<string> {
  if (config.apiKey === undefined) throw new Error('no key: set CORE_TODAY_API_KEY');
  return config.apiKey;
}

function newAttemptId() {
  const id = parseAttemptId(randomUUID());
  if (id === undefined) throw new Error('a UUID is always an attempt id');
  return id;
}
