import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { CALL_MS, createHandler as createGenerate } from '../../functions/generate/handler.ts';
import { createHandler as createIngest } from '../../functions/ingest/handler.ts';
import { createHandler as createReport, DAILY } from '../../functions/report/handler.ts';
import { createHandler as createSchedule } from '../../functions/schedule/handler.ts';
import { createMinuteSweep } from '../../functions/sweep/minute-sweep.ts';
import { createHandler as createWebhook } from '../../functions/webhook/handler.ts';
import { lambdaContext } from '../../local/stage/lambda-context.ts';
import { createClients } from '../../shared/aws/clients.ts';
import { dynamoTable } from '../../shared/aws/dynamo/dynamo-table.ts';
import { eventBus } from '../../shared/aws/event-bus.ts';
import { s3Store } from '../../shared/aws/s3/s3-store.ts';
import { keyStores } from '../../shared/aws/secret.ts';
import { sqsQueue } from '../../shared/aws/sqs/sqs-queue.ts';
import { systemClock } from '../../shared/aws/system-clock.ts';
import { uploadMessageOf } from '../../shared/pipeline/messages.ts';
import { readConfig } from '../../shared/runtime/config.ts';
import { createEffects } from '../../shared/runtime/effects.ts';
import { jsonLinesLog } from '../../shared/runtime/json-lines-log.ts';
import { createKeyReader } from '../../shared/runtime/key-reader.ts';
import { createAnnouncer } from '../../shared/runtime/reporting/announcer.ts';
import { noWait } from '../support/emulators.ts';
import { type Fault, json, startFaulty, withoutWaits } from '../support/servers/faulty-service.ts';
import { sqsEvent } from '../support/sqs-event.ts';
import { NOON_MS } from '../support/test-clock.ts';

vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');

const FAULTS = ['throttled', 'failing', 'silent', 'hanging up', 'a broken proxy'] as const;
const ITEM = JSON.stringify({ batch: 'foxes-0123456789ab-0123456789', row: 1, variant: 1 });
const UPLOAD = uploadMessageOf({ key: 'uploads/foxes.csv' }).body;
const NO_METER = {
  pauses: () => undefined,
  backpressure: () => undefined,
  budgets: () => undefined,
  oldestWork: () => undefined,
};

/** A stage all of whose AWS has one fault, and what its functions said. No call of its provider is expected. */
async function failingStage(fault: Fault) {
  const requestTimeoutMs = fault === 'silent' ? 50 : 5_000;
  const [{ url }, s3] = await Promise.all([
    startFaulty('json', fault, json({})),
    startFaulty('xml', fault, json({})),
  ]);
  const clients = createClients({
    customEndpoint: true,
    endpoints: { dynamodb: url, sqs: url, s3: s3.url },
    requestTimeoutMs,
  });
  onTestFinished(clients.close);
  for (const client of [clients.dynamo, clients.sqs, clients.s3]) await withoutWaits(client);
  const logLines: string[] = [];
  let calls = 0;
  const call = async () => {
    calls += 1;
    throw new Error('nothing was to be asked of the provider');
  };
  const config = readConfig({ stage: 'dev' }, {});
  const queue = sqsQueue({
    client: clients.sqs,
    queueUrl: `${url}/1/q`,
    fairQueues: false,
    backoff: noWait,
    receiveTimeoutMs: requestTimeoutMs,
  });
  const clock = { ...systemClock(), now: () => NOON_MS };
  const effects = createEffects(config, {
    table: dynamoTable({ client: clients.dynamo, tableName: 't', backoff: noWait }),
    store: s3Store({ client: clients.s3, bucket: 'b', backoff: noWait, silenceMs: requestTimeoutMs }),
    workQueue: queue,
    ingestQueue: queue,
    provider: { call, reread: call },
    clock,
    log: jsonLinesLog((line) => logLines.push(line), clock.now),
  });
  const settings = { endpoint: url, region: 'us-east-1', requestTimeoutMs };
  return { config, effects, logLines, settings, calls: () => calls };
}

function lineOf(service: string): RegExp {
  return new RegExp(`${service} at 127\\.0\\.0\\.1:\\d+ failed \\w+ after [34] tries: .+$`);
}

function contextOf(functionName: string) {
  return lambdaContext({ functionName, timeoutMs: 900_000, clock: { now: () => NOON_MS } });
}

describe.each(FAULTS)('with all of AWS %s', (fault) => {
  test('a message of generate or ingest stays in its queue, nothing is paid, and the log has the reason', async () => {
    const { effects, logLines, calls } = await failingStage(fault);
    const generate = createGenerate(effects, { itemsAtOnce: 2, callMs: CALL_MS });
    const [work, upload] = [sqsEvent([ITEM]), sqsEvent([UPLOAD])];

    const responses = await Promise.all([
      generate(work, contextOf('generate')),
      createIngest(effects)(upload, contextOf('ingest')),
    ]);

    const kept = [work, upload].map(({ Records }) => ({
      batchItemFailures: Records.map(({ messageId }) => ({ itemIdentifier: messageId })),
    }));
    expect(responses).toEqual(kept);
    expect(calls()).toBe(0);
    const errors = logLines.map((line) => JSON.parse(line)).filter(({ level }) => level === 'error');
    const reasonOf = (what: string) => errors.find(({ message }) => message === what)?.error[0].message;
    expect(reasonOf('work message failed')).toMatch(lineOf('DynamoDB'));
    // Its file is looked for first.
    expect(reasonOf('ingest message failed')).toMatch(lineOf('S3'));
  });

  test('sweep, schedule, report and webhook fail with the reason, to be retried or dead-lettered', async () => {
    const { effects, settings } = await failingStage(fault);
    const readKey = keyStores(settings);
    const readTarget = async () => ({
      url: '',
      allowPrivate: false,
      secret: (await readKey('ssm:hook')) ?? '',
    });
    const event = { id: '1', time: '2026-11-21T12:00:00Z', 'detail-type': 'BatchCompleted', detail: {} };

    const reasons = await Promise.all(
      [
        createMinuteSweep(effects, [], NO_METER)(),
        createSchedule(effects)({ schedule: 'weekly', plannedAt: '2026-11-23T07:00:00Z' }),
        createReport(effects)(DAILY),
        createReport(effects)({ from: '2026-11-01', to: '2026-11-02', by: ['day'] }),
        createWebhook({ readTarget, clock: effects.clock, log: effects.log })(event),
      ].map((run: Promise<unknown>) => run.then(String, (error: Error) => error.message)),
    );

    const services = ['DynamoDB', 'DynamoDB', 'S3', 'DynamoDB', 'SSM'];
    expect(reasons).toEqual(services.map((service) => expect.stringMatching(lineOf(service))));
  });

  test('unsent events fail no invocation: the log has them, and the table the truth', async () => {
    const { config, effects, logLines, settings } = await failingStage(fault);
    const announcer = createAnnouncer(eventBus({ ...settings, backoff: noWait }), config);

    announcer.see({ kind: 'budget-reached', batch: 'b', scope: 'day', limitMicro: 1, hint: '' });
    await announcer.send(effects);

    expect(logLines).toHaveLength(1);
    expect(logLines[0]).toContain('failed PutEvents after 3 tries');
  });
});

test('a key that cannot be read within half a minute is an outage that names its service, not a refused key', async () => {
  const { settings } = await failingStage('failing');
  let nowMs = 0;
  const sleep = async (ms: number) => {
    nowMs += ms;
  };
  const readKey = keyStores(settings);
  const read = () => readKey('ssm:/pressrun/dev/key');

  const key = createKeyReader({ read, clock: { now: () => nowMs, sleep }, random: () => 0.5 })();

  await expect(key).rejects.toMatchObject({
    name: 'KeyUnreadableError',
    message: expect.stringMatching(lineOf('SSM')),
  });
  expect(nowMs).toBeLessThan(30_000);
});
