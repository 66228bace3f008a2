import { globSync, readFileSync } from 'node:fs';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SSMClient } from '@aws-sdk/client-ssm';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createClients } from '../../shared/aws/clients.ts';
import { dynamoTable } from '../../shared/aws/dynamo/dynamo-table.ts';
import { eventBus } from '../../shared/aws/event-bus.ts';
import { s3Store } from '../../shared/aws/s3/s3-store.ts';
import { scheduleGroup } from '../../shared/aws/schedule-group.ts';
import { keyStores } from '../../shared/aws/secret.ts';
import { namingFailures, serviceOptions } from '../../shared/aws/service-client.ts';
import { queueUrlOf } from '../../shared/aws/sqs/queue-url.ts';
import { sqsQueue } from '../../shared/aws/sqs/sqs-queue.ts';
import { readStageRecord } from '../../shared/aws/stage-parameter.ts';
import { stageNames } from '../../shared/names.ts';
import { collect } from '../support/collect.ts';
import { noWait } from '../support/emulators.ts';
import { weekly } from '../support/schedules.ts';
import {
  json,
  type Reply,
  startFaulty,
  startScripted,
  withoutWaits,
  xml,
} from '../support/servers/faulty-service.ts';
import { NOON_MS } from '../support/test-clock.ts';

vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');

const KEY = { pk: 'a', sk: 'b' };
const PATIENT_MS = 5_000;
/** Nothing is waited for: a request that the server does not answer ends after this. */
const IMPATIENT_MS = 50;

interface Call {
  readonly service: string;
  readonly operation: string;
  /** How often the SDK sends it. */
  readonly tries: number;
  readonly well: Reply;
  readonly run: (aws: Awaited<ReturnType<typeof connect>>) => Promise<unknown>;
}

const OBJECT = { ETag: '"e"' };
const RECORD = {
  ...stageNames('dev'),
  keySecret: 'ssm:/pressrun/dev/key',
  reportFunction: 'r',
  scheduleGroup: 'g',
  scheduleRole: 'arn:role',
  scheduleFunction: 'arn:function',
};
const parameter = (Value: string) => json({ Parameter: { Value } });
const LIST =
  '<ListBucketResult><Name>b</Name><KeyCount>1</KeyCount><Contents><Key>k</Key><ETag>"e"</ETag><Size>1</Size></Contents></ListBucketResult>';

/** Each call of AWS that pressrun's code makes. CloudWatch gets its metrics as lines of the log, SNS and STS are not called. */
const CALLS: readonly Call[] = [
  call('DynamoDB', 'GetItem', json({}), ({ table }) => table.get(KEY)),
  call('DynamoDB', 'Query', json({ Items: [] }), ({ table }) => collect(table.query({ pk: 'a' }))),
  call('DynamoDB', 'PutItem', json({}), ({ table }) => table.write([{ kind: 'put', row: KEY }])),
  call('DynamoDB', 'UpdateItem', json({}), ({ table }) =>
    table.write([{ kind: 'update', key: KEY, set: { a: 1 } }]),
  ),
  call('DynamoDB', 'DeleteItem', json({}), ({ table }) => table.write([{ kind: 'delete', key: KEY }])),
  call('SQS', 'GetQueueUrl', json({ QueueUrl: 'http://sqs/1/q' }), ({ sqs }) => queueUrlOf(sqs, 'q')),
  call('SQS', 'SendMessageBatch', json({ Successful: [] }), ({ queue }) => queue.send([{ body: 'a' }])),
  call('SQS', 'ReceiveMessage', json({}), ({ queue }) => queue.receive(10, 0)),
  call('SQS', 'DeleteMessageBatch', json({}), ({ queue }) => queue.delete(['r'])),
  call('SQS', 'ChangeMessageVisibilityBatch', json({}), ({ queue }) => queue.setVisibility(['r'], 1)),
  call('S3', 'HeadObject', { status: 200, headers: OBJECT, body: '' }, ({ store }) => store.head('k')),
  call('S3', 'GetObject', { status: 200, headers: OBJECT, body: 'x' }, async ({ store }) => {
    const object = await store.get('k');
    return object && (await collect(object.body));
  }),
  call('S3', 'PutObject', { status: 200, headers: OBJECT, body: '' }, ({ store }) =>
    store.put('k', Buffer.from('x'), { contentType: 'text/plain' }),
  ),
  call('S3', 'ListObjectsV2', xml(LIST), ({ store }) => collect(store.list('k'))),
  call('S3', 'DeleteObject', { status: 204, body: '' }, ({ store }) => store.delete('k')),
  call('SecretsManager', 'GetSecretValue', json({ SecretString: 'cdt_k' }), ({ readKey }) => readKey('key')),
  call('SSM', 'GetParameter', parameter('cdt_k'), ({ readKey }) => readKey('ssm:/pressrun/dev/key')),
  call('SSM', 'GetParameter', parameter(JSON.stringify(RECORD)), ({ ssm }) => readStageRecord(ssm, 'dev')),
  call(
    'EventBridge',
    'PutEvents',
    json({ FailedEntryCount: 0, Entries: [{ EventId: '1' }] }),
    ({ putEvents }) => putEvents([{ source: 'pressrun', type: 'BatchCompleted', detail: {} }]),
  ),
  call('Scheduler', 'UpdateSchedule', json({ ScheduleArn: 'arn' }), ({ triggers }) =>
    triggers.keep(weekly({ clock: { now: () => NOON_MS } })),
  ),
  call('Scheduler', 'DeleteSchedule', json({}), ({ triggers }) => triggers.drop('weekly')),
];

function call(service: string, operation: string, well: Reply, run: Call['run']): Call {
  return { service, operation, tries: service === 'DynamoDB' ? 4 : 3, well, run };
}

async function connect(url: string, requestTimeoutMs: number) {
  const clients = createClients({
    customEndpoint: true,
    endpoints: { dynamodb: url, sqs: url, s3: url },
    requestTimeoutMs,
  });
  const settings = { endpoint: url, region: 'us-east-1', requestTimeoutMs };
  const ssm = namingFailures(new SSMClient(serviceOptions(settings)));
  const scheduler = namingFailures(new SchedulerClient(serviceOptions(settings)));
  for (const client of [clients.dynamo, clients.sqs, clients.s3, ssm, scheduler]) await withoutWaits(client);
  onTestFinished(() => {
    clients.close();
    ssm.destroy();
    scheduler.destroy();
  });
  return {
    ssm,
    sqs: clients.sqs,
    table: dynamoTable({ client: clients.dynamo, tableName: 't', backoff: noWait }),
    store: s3Store({ client: clients.s3, bucket: 'b', backoff: noWait, silenceMs: requestTimeoutMs }),
    queue: sqsQueue({
      client: clients.sqs,
      queueUrl: `${url}/1/q`,
      fairQueues: false,
      backoff: noWait,
      receiveTimeoutMs: requestTimeoutMs,
    }),
    readKey: keyStores(settings),
    putEvents: eventBus({ ...settings, backoff: noWait }),
    triggers: scheduleGroup({
      client: scheduler,
      group: 'g',
      roleArn: 'arn:role',
      functionArn: 'arn:function',
      now: () => NOON_MS,
    }),
  };
}

const FAULTS = ['throttled', 'failing', 'hanging up', 'a broken proxy'] as const;

describe('a service of AWS', () => {
  test.each(FAULTS)('that is %s for one request is asked again, and answers', async (fault) => {
    const requests = await ofEach(async ({ run, well }, speaks) => {
      const server = await startFaulty(speaks, fault, well, 1);
      await run(await connect(server.url, PATIENT_MS));
      return server.requests().length;
    });

    expect(requests).toEqual(await ofEach(async () => 2));
  });

  test.each([...FAULTS, 'silent'] as const)(
    'that stays %s is asked a few times, and the error says in one line which service failed where at what',
    async (fault) => {
      const reason = fault === 'silent' ? 'no response within 0\\.05\\d* s' : '.+';
      const outcomes = await ofEach(async ({ service, operation, tries, run, well }, speaks) => {
        const { url, host, requests } = await startFaulty(speaks, fault, well);
        const error = await failure(run(await connect(url, fault === 'silent' ? IMPATIENT_MS : PATIENT_MS)));
        const line = `^${service} at ${host} failed ${operation} after ${tries} tries: ${reason}$`;
        // Of a silent server the client may hang up before its request is counted.
        const isBounded = fault === 'silent' ? requests().length <= tries : requests().length === tries;
        return new RegExp(line).test(error) && isBounded ? 'as wanted' : error;
      });

      expect(outcomes).toEqual(await ofEach(async () => 'as wanted'));
    },
  );

  test('is not taken to have answered by a page of a captive portal', async () => {
    const outcomes = await ofEach(async ({ service, operation, run, well }, speaks) => {
      const { url, host } = await startFaulty(speaks, 'a captive portal', well);
      const error = await failure(run(await connect(url, PATIENT_MS)));
      // To a deletion the services answer with nothing at all; what stays there is deleted next time.
      if (operation.startsWith('DeleteObject') || operation === 'DeleteSchedule') return 'as wanted';
      return new RegExp(`^${service} at ${host} failed ${operation}.*: .+$`).test(error)
        ? 'as wanted'
        : error;
    });

    expect(outcomes).toEqual(await ofEach(async () => 'as wanted'));
  });
});

test('EventBridge is sent again the events that it did not take, and no others', async () => {
  const part = { FailedEntryCount: 1, Entries: [{ EventId: '1' }, { ErrorCode: 'ThrottlingException' }] };
  const rest = { FailedEntryCount: 0, Entries: [{ EventId: '2' }] };
  const { url, requests } = await startScripted((_, before) => json(before === 0 ? part : rest));
  const events = ['BatchCompleted', 'BatchPaused'].map((type) => ({ source: 'pressrun', type, detail: {} }));

  const { putEvents } = await connect(url, PATIENT_MS);
  await putEvents(events);

  expect(requests().map(({ body }) => JSON.parse(body).Entries.length)).toEqual([2, 1]);
});

test('EventBridge that never takes an event ends after its tries, with its reason', async () => {
  const none = { FailedEntryCount: 1, Entries: [{ ErrorCode: 'ThrottlingException' }] };
  const { url, requests } = await startScripted(() => json(none));

  const { putEvents } = await connect(url, PATIENT_MS);
  const put = putEvents([{ source: 'pressrun', type: 'BatchPaused', detail: {} }]);

  expect(await failure(put)).toBe('EventBridge did not take 1 events after 4 tries: ThrottlingException');
  expect(requests()).toHaveLength(4);
});

test('a file of the bucket that stops coming is given up, and the error names it', async () => {
  const whole = { status: 200, headers: { ...OBJECT, 'content-length': '1000' }, body: 'x' };
  const { url } = await startScripted(() => ({ ...whole, isLeftOpen: true }));
  const { store } = await connect(url, IMPATIENT_MS);

  const object = await store.get('uploads/foxes.csv');

  const error = await failure(collect(object?.body ?? empty()));
  expect(error).toBe('S3 sent nothing more of uploads/foxes.csv of bucket b for 0.05 s');
});

test('a large file whose last step fails with status 200 is not taken for stored', async () => {
  const failed = xml('<Error><Code>InternalError</Code><Message>We failed</Message></Error>');
  const begun = xml(
    '<InitiateMultipartUploadResult><Bucket>b</Bucket><Key>k</Key><UploadId>u</UploadId></InitiateMultipartUploadResult>',
  );
  const part: Reply = { status: 200, headers: OBJECT, body: '' };
  const { url, requests } = await startScripted(({ method, url: path }) => {
    if (method === 'PUT') return part;
    return path.includes('uploads') ? begun : failed;
  });

  const { store } = await connect(url, PATIENT_MS);
  const stored = store.put('k', twoParts(), { contentType: 'text/csv' });

  expect(await failure(stored)).toMatch(/^S3 at .* failed CompleteMultipartUpload after 3 tries: /);
  expect(requests().filter(({ method }) => method === 'PUT')).toHaveLength(2);
});

test('each service that the code calls is in the table', () => {
  const called = new Set<string>();
  for (const path of globSync('{shared,functions,local,cli,library,dashboard}/**/*.ts')) {
    const code = readFileSync(path, 'utf8');
    for (const [, name = ''] of code.matchAll(/@aws-sdk\/client-([a-z0-9-]+)'/g))
      called.add(name.replaceAll('-', ''));
  }

  expect([...called].sort()).toEqual([...new Set(CALLS.map(({ service }) => service.toLowerCase()))].sort());
});

async function* empty(): AsyncGenerator<Uint8Array> {}

async function* twoParts(): AsyncGenerator<Uint8Array> {
  yield Buffer.alloc(5 * 1_024 * 1_024);
  yield Buffer.from('x');
}

/** All calls at once: the SDK waits before it sends again. */
async function ofEach<Outcome>(look: (call: Call, speaks: 'json' | 'xml') => Promise<Outcome>) {
  const outcomes = CALLS.map(async (each, nth) => {
    const outcome = await look(each, each.service === 'S3' ? 'xml' : 'json');
    return [`${nth} ${each.service}.${each.operation}`, outcome] as const;
  });
  return Object.fromEntries(await Promise.all(outcomes));
}

async function failure(work: Promise<unknown>): Promise<string> {
  const outcome = await work.then(
    (value) => `it succeeded: ${JSON.stringify(value)}`,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  return outcome;
}
