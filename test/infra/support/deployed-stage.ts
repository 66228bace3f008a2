import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { expect } from 'vitest';
import type { FunctionName } from '../../../infra/bundling/bundle-functions.ts';
import { startSimulator } from '../../../local/simulator/server.ts';
import { type AwsClients, createClients } from '../../../shared/aws/clients.ts';
import { createBucket, createStageQueues, createTable } from '../../../shared/aws/create-resources.ts';
import { dynamoTable } from '../../../shared/aws/dynamo/dynamo-table.ts';
import { keyParameter, stageNames } from '../../../shared/names.ts';
import { uploadMessageOf } from '../../../shared/pipeline/messages.ts';
import type { Table } from '../../../shared/pipeline/ports.ts';
import { noWait } from '../../support/emulators.ts';
import { startFauxqs } from '../../support/servers/fauxqs.ts';
import { sqsEvent } from '../../support/sqs-event.ts';
import { copyBundles } from './bundled.ts';
import { type Bundle, bundleIn, type Invoked, invoke } from './bundles.ts';
import { type RecordedCall, startGateway } from './gateway.ts';
import { allows, grantsOf, rightsFor } from './policies.ts';
import { templateOf } from './stack.ts';

export const KEY = 'cdt_a-key-in-secrets-manager';
/** A prompt that the simulator answers with a broken picture. */
export const BROKEN = 'a broken picture';

interface Limits {
  /** What the invocation is told of its time. */
  readonly remainingMs?: number;
}

/** Stage `dev` as far as it can be on this machine: its bundles, emulators in place of AWS, a simulated provider. */
export interface DeployedStage {
  bundle(name: FunctionName): Bundle;
  readonly clients: AwsClients;
  readonly table: Table;
  readonly bucket: string;
  /** What Secrets Manager has. */
  readonly secret: { value: string | undefined };
  /** Every call that a bundle made. */
  callsOf(name: FunctionName): readonly RecordedCall[];
  /** Runs a bundle once; fails where its role would not allow one of its calls. */
  run(name: FunctionName, payload: unknown, limits?: Limits): Promise<Invoked>;
  /** Uploads a file and has it ingested; gives the work messages. */
  ingest(
    file: string | Uint8Array,
    limits?: Limits,
  ): Promise<{ readonly invoked: Invoked; readonly messages: readonly string[] }>;
  put(key: string, body: string | Uint8Array): Promise<void>;
  keysBelow(prefix: string): Promise<string[]>;
  eventsOf(type: string): unknown[];
  stop(): Promise<void>;
}

export async function deployStage(dynamodb: string): Promise<DeployedStage> {
  const folder = await mkdtemp(join(tmpdir(), 'pressrun-bundles-'));
  await copyBundles(folder);
  const template = templateOf('dev');
  const names = stageNames('dev');
  const fauxqs = await startFauxqs();
  const endpoints = { dynamodb, sqs: fauxqs.endpoint, s3: fauxqs.endpoint };
  const clients = createClients({ customEndpoint: true, endpoints });
  await createTable(clients, names.table);
  await createBucket(clients, names.bucket);
  const queues = await createStageQueues(clients, names);
  const secret: DeployedStage['secret'] = { value: KEY };
  const gateway = await startGateway({ dynamodb, fauxqs: fauxqs.endpoint, secret });
  const simulator = await startSimulator({
    latency: 'none',
    pictures: 'plain',
    key: KEY,
    script: ({ prompt }) =>
      prompt.includes(BROKEN) ? { kind: 'failure', failure: 'bad-image-cut-off' } : undefined,
  });
  const calls = new Map<FunctionName, RecordedCall[]>();

  async function run(name: FunctionName, payload: unknown, limits: Limits = {}): Promise<Invoked> {
    const before = gateway.calls.length;
    const invoked = await invoke(bundleIn(folder, name), payload, {
      AWS_ENDPOINT_URL: gateway.url,
      PRESSRUN_STAGE: 'dev',
      PRESSRUN_WORK_QUEUE_URL: queues.work.url,
      PRESSRUN_INGEST_QUEUE_URL: queues.ingest.url,
      PRESSRUN_KEY_SECRET: `ssm:${keyParameter('dev')}`,
      PRESSRUN_PROVIDER_URL: simulator.url,
      TEST_REMAINING_MS: String(limits.remainingMs ?? 480_000),
    });
    const made = gateway.calls.slice(before);
    calls.set(name, [...(calls.get(name) ?? []), ...made]);
    const grants = grantsOf(template, `pressrun-dev-${name}`);
    expect(
      made.flatMap(rightsFor).filter((right) => !allows(grants, right)),
      `the role of ${name} does not allow`,
    ).toEqual([]);
    return invoked;
  }

  const put = async (key: string, body: string | Uint8Array) => {
    await clients.s3.send(new PutObjectCommand({ Bucket: names.bucket, Key: key, Body: body }));
  };

  async function ingest(file: string | Uint8Array, limits: Limits = {}) {
    const id = randomUUID();
    const key = `uploads/${id}.csv`;
    await put(key, file);
    const invoked = await run('ingest', sqsEvent([uploadMessageOf({ key }).body]), limits);
    const { Messages = [] } = await clients.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: queues.work.url, MaxNumberOfMessages: 10 }),
    );
    // A message of an earlier test may have waited until now.
    const messages = Messages.map(({ Body = '' }) => Body).filter((body) => body.includes(id));
    return { invoked, messages };
  }

  async function keysBelow(prefix: string): Promise<string[]> {
    const { Contents = [] } = await clients.s3.send(
      new ListObjectsV2Command({ Bucket: names.bucket, Prefix: prefix }),
    );
    return Contents.map(({ Key = '' }) => Key);
  }

  return {
    bundle: (name) => bundleIn(folder, name),
    clients,
    table: dynamoTable({ client: clients.dynamo, tableName: names.table, backoff: noWait }),
    bucket: names.bucket,
    secret,
    callsOf: (name) => calls.get(name) ?? [],
    run,
    ingest,
    put,
    keysBelow,
    eventsOf: (type) => eventsIn(gateway.calls, type),
    stop: async () => {
      await simulator.close();
      await gateway.stop();
      clients.close();
      await fauxqs.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function eventsIn(calls: readonly RecordedCall[], type: string): unknown[] {
  return calls
    .filter(({ operation }) => operation === 'events:PutEvents')
    .flatMap(({ body }): { DetailType: string; Detail: string }[] => JSON.parse(body).Entries)
    .filter(({ DetailType }) => DetailType === type)
    .map(({ Detail }) => JSON.parse(Detail));
}
