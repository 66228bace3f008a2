import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Finding } from '../../cli/commands/tools/finding.ts';
import { findingsOf, versionFinding } from '../../cli/commands/tools/stage-findings.ts';
import type { Endpoints } from '../../shared/aws/client-options.ts';
import { createClients } from '../../shared/aws/clients.ts';
import {
  createBucket,
  createQueue,
  createStageQueues,
  createTable,
} from '../../shared/aws/create-resources.ts';
import { dynamoTable } from '../../shared/aws/dynamo/dynamo-table.ts';
import { sqsQueue } from '../../shared/aws/sqs/sqs-queue.ts';
import { systemClock } from '../../shared/aws/system-clock.ts';
import { stageNames } from '../../shared/names.ts';
import { createStores } from '../../shared/runtime/stores.ts';
import { versionedTable } from '../../shared/runtime/versioned-table.ts';
import { noWait, useEmulators } from '../support/emulators.ts';
import {
  type Fault,
  json,
  startFaulty,
  startScripted,
  withoutWaits,
} from '../support/servers/faulty-service.ts';

const emulators = useEmulators();
const DEAD_EVENTS = 'arn:aws:sqs:us-east-1:000000000000:events-dead';
let stages = 0;

/** A stage's table, bucket and queues, by AWS's adapters. */
async function freshStage() {
  stages += 1;
  const names = stageNames(`doctor-${stages}`);
  const clients = await emulators.clients();
  await createTable(clients, names.table);
  await createBucket(clients, names.bucket);
  const queues = await createStageQueues(clients, names);
  await createQueue(clients, 'events-dead', {});
  return { names, queues, ...clients };
}

interface Given {
  readonly seconds?: number;
  readonly names?: ReturnType<typeof stageNames>;
}

async function look(
  clients: Awaited<ReturnType<typeof emulators.clients>>,
  { names = stageNames('doctor'), seconds = 0 }: Given,
): Promise<Readonly<Record<string, Omit<Finding, 'check'>>>> {
  const clock = { ...systemClock(), sleep: async () => undefined };
  const late = { ...clients, s3: async () => clients.s3 };
  const stage = { ...createStores({ names, customEndpoint: true }, late, clock), clock, sqs: clients.sqs };
  const findings = await findingsOf(
    stage,
    names,
    { scheduleDeadQueue: DEAD_EVENTS },
    await serverAt(seconds),
  );
  return Object.fromEntries(findings.map(({ check, ...rest }) => [check, rest]));
}

/** A server whose clock is so many seconds away from this machine's. */
async function serverAt(seconds: number): Promise<string> {
  const server = createServer((_, answer) => {
    answer.setHeader('date', new Date(Date.now() + seconds * 1_000).toUTCString());
    answer.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

async function clientsOf(endpoints: Endpoints, requestTimeoutMs = 5_000) {
  const clients = createClients({ customEndpoint: true, endpoints, requestTimeoutMs });
  for (const client of [clients.dynamo, clients.sqs, clients.s3]) await withoutWaits(client);
  onTestFinished(clients.close);
  return clients;
}

describe('doctor on a deployed stage', () => {
  test('finds all in place', async () => {
    const stage = await freshStage();

    expect(await look(stage, stage)).toEqual({
      table: { ok: true, detail: `${stage.names.table}: no batch yet` },
      rights: { ok: true, detail: 'you may read and change the table (storing and sending are not tried)' },
      queues: { ok: true, detail: '0 items wait, 0 are in progress, 0 uploads wait; no dead letters' },
      bucket: { ok: true, detail: `${stage.names.bucket} can be read` },
      clock: { ok: true, detail: 'agrees with that of AWS' },
    });
  });

  test('counts what waits, and names the queue that has dead letters', async () => {
    const stage = await freshStage();
    const send = (queueUrl: string, ...bodies: string[]) =>
      sqsQueue({ client: stage.sqs, queueUrl, fairQueues: false, backoff: noWait }).send(
        bodies.map((body) => ({ body })),
      );
    await send(stage.queues.work.url, 'a', 'b');

    const waiting = await look(stage, stage);
    await send(stage.queues.ingestDead.url, 'c');
    const dead = await look(stage, stage);

    expect(waiting.queues?.detail).toContain('2 items wait');
    expect(dead.queues).toEqual({
      ok: false,
      detail: 'dead letters: 1 of ingest; docs/runbook.md, "Dead letters", says what to do',
    });
  });

  test('says that a newer pressrun wrote the table, and which', async () => {
    const stage = await freshStage();
    const dynamo = dynamoTable({ client: stage.dynamo, tableName: stage.names.table, backoff: noWait });
    const newer = versionedTable(dynamo, '9.1.0');
    await newer.write([{ kind: 'put', row: { pk: 'BATCHES', sk: '2027-01-01#b' } }]);

    const { table: found } = await look(stage, stage);

    expect(found?.ok).toBe(false);
    expect(found?.detail).toContain('use pressrun 9.1.0 or later');
  });

  test.each([
    [-600, '600 s ahead of AWS'],
    [600, '600 s behind AWS'],
  ])('says how far the clock is away from AWS at %d s', async (seconds, detail) => {
    const { clock } = await look(await freshStage(), { seconds });

    expect(clock?.ok).toBe(false);
    // A busy second may pass meanwhile.
    expect(clock?.detail.replace(/\b(599|601)\b/, '600')).toContain(detail);
  });

  test('says what read-only credentials allow', async () => {
    const denied = json(
      { __type: 'AccessDeniedException', message: 'not authorized to perform: UpdateItem' },
      400,
    );
    const { url } = await startScripted(({ body }) =>
      body.includes('TransactItems') ? denied : json({ Items: [] }),
    );

    const { rights } = await look(await clientsOf({ dynamodb: url, sqs: url, s3: url }), {});

    expect(rights?.detail).toBe(
      'you may read the table, not change it: enough for status and cost; OperatorPolicy allows the rest',
    );
  });

  test.each<[Fault, string]>([
    ['throttled', 'ThrottlingException: Rate exceeded'],
    ['silent', 'no response within 0.05 s'],
    ['a broken proxy', 'look for a proxy or a wrong address'],
  ])('says of each service by itself that it is %s', async (fault, reason) => {
    const [{ url }, s3] = await Promise.all([
      startFaulty('json', fault, json({})),
      startFaulty('xml', fault, json({})),
    ]);
    const clients = await clientsOf({ dynamodb: url, sqs: url, s3: s3.url }, fault === 'silent' ? 50 : 5_000);

    const { table, rights, queues, bucket, clock } = await look(clients, {});

    expect([table, rights, queues, bucket].map((found) => found?.ok)).toEqual([false, false, false, false]);
    expect(table?.detail).toMatch(/^DynamoDB at 127\.0\.0\.1:\d+ failed Query after 4 tries: /);
    expect(table?.detail).toContain(reason);
    expect(queues?.detail).toMatch(/^SQS at 127\.0\.0\.1:\d+ failed GetQueueUrl after 3 tries: /);
    expect(bucket?.detail).toMatch(/^\S+ cannot be read: S3 at 127\.0\.0\.1:\d+ failed ListObjectsV2/);
    expect(clock?.ok).toBe(true);
  });

  test.each([
    ['0.2.0', true, 'functions and command are 0.2.0'],
    [
      '0.3.0',
      false,
      'the functions are of pressrun 0.3.0, this command is 0.2.0: deploy again, or install that version',
    ],
    [undefined, false, 'the functions are of pressrun before 0.2.0, this command is 0.2.0'],
  ])('compares the version of the functions, %s, with its own', (deployed, ok, detail) => {
    expect(versionFinding({ version: deployed }, '0.2.0')).toMatchObject({
      check: 'version',
      ok,
      detail: expect.stringContaining(detail),
    });
  });
});
