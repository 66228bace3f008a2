import { randomUUID } from 'node:crypto';
import { afterAll, inject } from 'vitest';
import type { Backoff } from '../../shared/aws/backoff.ts';
import { type AwsClients, createClients } from '../../shared/aws/clients.ts';
import {
  createBucket,
  createQueue,
  createTable,
  type QueueAddress,
} from '../../shared/aws/create-resources.ts';
import { dynamoTable } from '../../shared/aws/dynamo/dynamo-table.ts';
import { s3Store } from '../../shared/aws/s3/s3-store.ts';
import { sqsQueue } from '../../shared/aws/sqs/sqs-queue.ts';
import type { ObjectStore, Queue, Table } from '../../shared/pipeline/ports.ts';
import { awsBackend } from './backends/aws.ts';
import type { OpenBackend } from './backends/backend.ts';
import { startDynoxide } from './servers/dynoxide.ts';
import { startFauxqs } from './servers/fauxqs.ts';

interface TestQueue extends QueueAddress {
  readonly queue: Queue;
}

interface Emulators {
  /** Clients of the emulators, each started when first asked for and stopped after the file's last test. */
  clients(): Promise<AwsClients>;
  dynamoEndpoint(): Promise<string>;
  /** A new empty table: in dynoxide, or in DynamoDB Local under `npm run test:conformance`. */
  freshTable(): Promise<Table>;
  freshQueue(attributes?: Readonly<Record<string, string>>): Promise<TestQueue>;
  freshStore(): Promise<ObjectStore>;
  /** What a pipeline runs on, with AWS's adapters. */
  openBackend: OpenBackend;
}

/** To be called at the top of a test file or `describe`. */
export function useEmulators(): Emulators {
  const stops: Array<() => unknown> = [];
  afterAll(async () => {
    for (const stop of stops.reverse()) await stop();
  });
  const dynamoEndpoint = once(async () => {
    const shared = inject('dynamoEndpoint');
    if (shared !== undefined) return shared;
    const dynoxide = await startDynoxide();
    stops.push(dynoxide.stop);
    return dynoxide.endpoint;
  });
  const fauxqsEndpoint = once(async () => {
    const fauxqs = await startFauxqs();
    stops.push(fauxqs.stop);
    return fauxqs.endpoint;
  });
  const clients = once(async () => {
    const [dynamodb, fauxqs] = await Promise.all([dynamoEndpoint(), fauxqsEndpoint()]);
    const made = createClients({ customEndpoint: true, endpoints: { dynamodb, sqs: fauxqs, s3: fauxqs } });
    stops.push(made.close);
    return made;
  });
  return {
    clients,
    dynamoEndpoint,
    freshTable: async () => freshTable(await clients()),
    freshQueue: async (attributes = {}) => freshQueue(await clients(), attributes),
    freshStore: async () => freshStore(await clients()),
    openBackend: async (_, timesFaster) => {
      const [dynamodb, sqs] = await Promise.all([dynamoEndpoint(), fauxqsEndpoint()]);
      return await awsBackend({ dynamodb, sqs }, timesFaster);
    },
  };
}

/** Second tries without a wait. */
export const noWait: Backoff = { random: () => 0, sleep: async () => undefined };

/** A quick wait with real chance: for tests in which writers contend. */
const shortWait: Backoff = {
  random: Math.random,
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms / 10)),
};

async function freshTable(clients: AwsClients): Promise<Table> {
  const tableName = `table-${randomUUID()}`;
  await createTable(clients, tableName);
  return dynamoTable({ client: clients.dynamo, tableName, backoff: shortWait });
}

async function freshQueue(
  clients: AwsClients,
  attributes: Readonly<Record<string, string>>,
): Promise<TestQueue> {
  const address = await createQueue(clients, `queue-${randomUUID()}`, attributes);
  const options = { client: clients.sqs, queueUrl: address.url, fairQueues: false, backoff: noWait };
  return { ...address, queue: sqsQueue(options) };
}

async function freshStore(clients: AwsClients): Promise<ObjectStore> {
  const bucket = `bucket-${randomUUID()}`;
  await createBucket(clients, bucket);
  return s3Store({ client: clients.s3, bucket, backoff: noWait });
}

function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
