import { globSync, readFileSync } from 'node:fs';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { FUNCTION_NAMES } from '../../infra/bundling/bundle-functions.ts';
import { KNOWN_ERRORS } from '../../infra/bundling/known-errors.ts';
import { systemClock } from '../../shared/aws/system-clock.ts';
import { DEFAULT_BATCH_OPTIONS } from '../../shared/domain/batch/batch.ts';
import { modelCatalog } from '../../shared/domain/calls/models.ts';
import { parseBatchId } from '../../shared/domain/ids.ts';
import { batchIdOf } from '../../shared/domain/item/object-keys.ts';
import { accountAt } from '../../shared/domain/money/budget.ts';
import { MICRO_PER_CREDIT } from '../../shared/domain/money/money.ts';
import type { Schedule } from '../../shared/domain/schedule/schedule.ts';
import { createBatch, readBatch } from '../../shared/pipeline/batch/batches.ts';
import { parseWorkMessage } from '../../shared/pipeline/batch/messages.ts';
import { readAccount } from '../../shared/pipeline/money/budgets.ts';
import { endPauses } from '../../shared/pipeline/rate/provider-pauses.ts';
import { PARKED_PREFIX } from '../../shared/pipeline/rows/batch-pause-row.ts';
import { batchKey, batchListKey, openBatchKey } from '../../shared/pipeline/rows/batch-row.ts';
import { itemKey, rowToItem } from '../../shared/pipeline/rows/item-row.ts';
import { scheduleToRow } from '../../shared/pipeline/rows/schedule-row.ts';
import { picture } from '../provider/fixtures/pictures.ts';
import { limit, scopeFrom } from '../support/budgets.ts';
import { collect } from '../support/collect.ts';
import { useEmulators } from '../support/emulators.ts';
import { weekly } from '../support/schedules.ts';
import { sqsEvent } from '../support/sqs-event.ts';
import { workbook } from '../support/workbook.ts';
import { resultOf } from './support/bundles.ts';
import { BROKEN, type DeployedStage, deployStage, KEY } from './support/deployed-stage.ts';
import { fillMonth } from './support/fill-month.ts';
import { metricsIn, metricsRead, metricValue } from './support/metrics.ts';
import { operationsOf } from './support/operations.ts';
import { allows, grantsOf, rightsFor } from './support/policies.ts';
import { templateOf } from './support/stack.ts';
import { usableActions } from './support/usable-actions.ts';

/** Loaded before the first message, and in all: docs/decisions/0006-stack-in-cdk.md. */
const MOST_BYTES = {
  generate: { first: 426_000, all: 646_000 },
  ingest: { first: 424_000, all: 705_000 },
  report: { first: 312_000, all: 490_000 },
  schedule: { first: 310_000, all: 453_000 },
  sweep: { first: 368_000, all: 517_000 },
  webhook: { first: 112_000, all: 270_000 },
};
/** The functions of every stage; the webhook's is tested in webhook.test.ts. */
const WORKING = FUNCTION_NAMES.filter((name) => name !== 'webhook');
/** Such messages are replaced by fresh ones (functions/put-back.ts). */
const OFTEN_RECEIVED = 8;
const FOUR_PROMPTS = 'prompt\na fox\na heron\na fjord\nan owl\n';

/** A file of prompts that no test had before: what was made is not made again. */
function newPrompts(rows: number): string {
  const prompts = Array.from({ length: rows }, () => {
    prompted += 1;
    return `a fox, take ${prompted}\n`;
  });
  return `prompt\n${prompts.join('')}`;
}
let prompted = 0;

const emulators = useEmulators();
let stage: DeployedStage;
beforeAll(async () => {
  stage = await deployStage(await emulators.dynamoEndpoint());
}, 120_000);
afterAll(() => stage.stop());
beforeEach(() => {
  stage.secret.value = KEY;
});

describe('a bundle', () => {
  test.each(FUNCTION_NAMES)('of %s is an ES module within its size, with a source map', (name) => {
    const { code, firstBytes } = stage.bundle(name);

    expect(firstBytes).toBeLessThanOrEqual(MOST_BYTES[name].first);
    expect(Buffer.byteLength(code)).toBeLessThanOrEqual(MOST_BYTES[name].all);
    expect(code).toMatch(/export\s*\{[^}]*\bas handler\b[^}]*\}/);
    expect(code).toMatch(/sourceMappingURL=index\.mjs\.map/);
    expect(code, 'has no part of the local stage').not.toMatch(/sharp|fauxqs|dynoxide/);
  });

  test('keeps every error of AWS that the code asks for by its class', () => {
    const sources = globSync('{shared,functions}/**/*.ts').map((path) => readFileSync(path, 'utf8'));
    const asked = sources
      .filter((source) => /@aws-sdk\/client-/.test(source))
      .flatMap((source) => [...source.matchAll(/instanceof (\w+(?:Exception|Exist|Found|Key))\b/g)])
      .map(([, name = '']) => name)
      // The base class of a service is always there; the other is for setting up a stage from a command.
      .filter((name) => !['S3ServiceException', 'ResourceInUseException'].includes(name));

    expect(asked).toContain('TransactionCanceledException');
    expect(asked.filter((name) => !KNOWN_ERRORS.has(name))).toEqual([]);
  });
});

describe('the bundles, run as Lambda runs them', () => {
  test('generate the images of an uploaded file, and report their cost', async () => {
    const { invoked, messages } = await stage.ingest(newPrompts(4));
    const generated = await stage.run('generate', sqsEvent(messages));
    const today = new Date().toISOString().slice(0, 10);
    const reported = await stage.run('report', { from: today, to: today, by: ['outcome'], format: 'json' });
    const explained = await stage.run('report', { explain: { batch: 'latest', row: 1 } });
    const forecast = await stage.run('report', { forecast: 'month' });

    expect(resultOf(invoked)).toEqual({ batchItemFailures: [] });
    expect(messages).toHaveLength(4);
    expect(resultOf(generated)).toEqual({ batchItemFailures: [] });
    expect(await stage.keysBelow('images/')).toHaveLength(4);
    expect(resultOf(reported)).toMatchObject({
      kind: 'report',
      report: { total: { images: 4, attempts: 4 } },
    });
    expect(resultOf(explained)).toMatchObject({
      kind: 'explanation',
      explanation: { row: 1, images: [{ state: 'done', attempts: [{ outcome: 'image' }] }] },
    });
    expect(resultOf(forecast)).toMatchObject({ kind: 'forecast', forecast: { queued: { items: 0 } } });
    expect(invoked.log + generated.log, 'the key is in no log').not.toContain(KEY);
  });

  test('notify EventBridge of a complete batch, and write the metrics that dashboard and alarms read', async () => {
    const { messages } = await stage.ingest(newPrompts(4));
    const swept = await stage.run('sweep', {});
    const generated = await stage.run('generate', sqsEvent(messages));
    const refused = await stage.ingest('no column of ours\na fox\n');

    const { batch } = JSON.parse(messages[0] ?? '{}');
    expect(stage.eventsOf('BatchCompleted')).toContainEqual({
      stage: 'dev',
      batch,
      bucket: stage.bucket,
      manifest: `batches/${batch}/manifest.csv`,
    });
    expect(new Set(metricsIn(generated.log + swept.log + refused.invoked.log))).toEqual(metricsRead());
    expect(metricValue(generated.log, 'Calls')).toBe(4);
  });

  test('ingest an uploaded Excel workbook', async () => {
    const rows = [
      ['Prompt'],
      ...newPrompts(3)
        .trim()
        .split('\n')
        .slice(1)
        .map((prompt) => [prompt]),
    ];

    const { invoked, messages } = await stage.ingest(workbook({ sheets: [{ name: 'A', rows }] }));

    expect(resultOf(invoked)).toEqual({ batchItemFailures: [] });
    expect(messages).toHaveLength(3);
  });

  test('make so many operations for ten images as the README’s costs are worked out from', async () => {
    const [ingests, generates] = [stage.callsOf('ingest').length, stage.callsOf('generate').length];
    const { messages } = await stage.ingest(newPrompts(10));
    await stage.run('generate', sqsEvent(messages));

    const { readUnits, writeUnits, ...operations } = operationsOf([
      ...stage.callsOf('ingest').slice(ingests),
      ...stage.callsOf('generate').slice(generates),
    ]);
    // Pauses and budgets are looked up again every two seconds: on a busy machine, that is more often.
    expect(readUnits).toBeGreaterThanOrEqual(50);
    expect(readUnits).toBeLessThan(95);
    // How many ends of attempts meet in one transaction is the machine's too. Each by itself, these would be 158.
    expect(writeUnits).toBeGreaterThan(100);
    expect(writeUnits).toBeLessThan(150);
    expect(operations).toMatchInlineSnapshot(`
      {
        "events": 1,
        "keys": 1,
        "s3Gets": 20,
        "s3Puts": 16,
        "sqs": 4,
      }
    `);
  });

  test('send a reference image of the bucket as it was when the file was read', async () => {
    await stage.put('references/fox.png', await picture('png'));

    const { messages } = await stage.ingest('prompt,references\na fox like this,references/fox.png\n');
    await stage.put('references/fox.png', 'no picture any more');
    const generated = await stage.run('generate', sqsEvent(messages));

    expect(resultOf(generated)).toEqual({ batchItemFailures: [] });
    expect(metricValue(generated.log, 'Calls')).toBe(1);
    expect(await stage.keysBelow('references/')).toEqual([
      expect.stringMatching(/^references\/[0-9a-f]{64}\.png$/),
      'references/fox.png',
    ]);
  });

  test('generate nothing for a file they finished before, and report it complete at once', async () => {
    const rows = 'prompt\nan otter\na newt\n';
    await stage.run('generate', sqsEvent((await stage.ingest(rows)).messages));
    const before = stage.eventsOf('BatchCompleted').length;

    const { messages } = await stage.ingest(rows);

    expect(messages).toEqual([]);
    expect(stage.eventsOf('BatchCompleted')).toHaveLength(before + 1);
  });

  test('reserve credits of a budget before a call, and release the rest', async () => {
    await limit({ table: stage.table, clock: systemClock() }, 'tag:team=bundles', 1_000);
    const file = 'prompt;tags\na fox that is limited;team=bundles\na hare that is limited;team=bundles\n';
    const { messages } = await stage.ingest(file);

    await stage.run('generate', sqsEvent(messages));

    const { spentMicro, heldMicro } = await readAccount(
      stage.table,
      accountAt(scopeFrom('tag:team=bundles'), 0),
    );
    expect(spentMicro).toBeGreaterThan(130 * MICRO_PER_CREDIT);
    expect(heldMicro).toBe(0);
  });

  test('refuse a file without a valid row at once, and report it', async () => {
    const before = stage.eventsOf('BatchCompleted').length;

    const { messages } = await stage.ingest('prompt,variants\n,1\na fox,many\n');

    expect(messages).toEqual([]);
    expect(stage.eventsOf('BatchCompleted')).toHaveLength(before + 1);
  });

  test('keep an unusable response in quarantine', async () => {
    const { messages } = await stage.ingest(`prompt\n${BROKEN}\n`);

    const generated = await stage.run('generate', sqsEvent(messages, OFTEN_RECEIVED));

    expect(await stage.keysBelow('quarantine/')).toHaveLength(1);
    expect(resultOf(generated), 'a fresh message waits in place of this one').toEqual({
      batchItemFailures: [],
    });
  });

  test('pause if the stage has no key yet, report it, and lose nothing', async () => {
    const { messages } = await stage.ingest(newPrompts(4));
    stage.secret.value = undefined;

    const generated = await stage.run('generate', sqsEvent(messages));
    const swept = await stage.run('sweep', {});

    const { batch } = JSON.parse(messages[0] ?? '{}');
    expect(
      resultOf(generated),
      'the one that met the refusal and one that looks stay, the others leave',
    ).toMatchObject({
      batchItemFailures: { length: 2 },
    });
    expect(stage.eventsOf('BatchPaused')).toContainEqual(
      expect.objectContaining({ stage: 'dev', batch, model: '*', code: 'auth' }),
    );
    expect(metricValue(swept.log, 'Pauses')).toBe(1);
    await endPauses({ table: stage.table, models: modelCatalog() }, ['gemini-3.1-flash-image-preview']);

    const [mark] = await collect(stage.table.query({ pk: `BATCH#${batch}`, skPrefix: PARKED_PREFIX }));
    if (mark === undefined) throw new Error('no message left the queue');
    // As if the last message had left it ten seconds ago.
    await stage.table.write([{ kind: 'update', key: mark, set: { atMs: Date.now() - 10_000 } }]);
    expect(resultOf(await stage.run('sweep', {})), 'all have a message again').toMatchObject({
      messagesSent: 4,
    });
  });

  test('restart items that a killed worker left', async () => {
    const { messages } = await stage.ingest(newPrompts(1));
    const key = itemKey(parseWorkMessage(messages[0] ?? ''));
    const lost = { state: 'working', attempt: 'lost-attempt', leaseStartedAtMs: Date.now(), leaseUntilMs: 1 };
    await stage.table.write([{ kind: 'update', key, set: lost }]);
    // Nothing has ended since the look of a minute ago.
    const { batch } = parseWorkMessage(messages[0] ?? '');
    const seen = { seenEnded: 0, seenAtMs: Date.now() - 60_000 };
    await stage.table.write([{ kind: 'update', key: openBatchKey(batch), set: seen }]);

    const swept = await stage.run('sweep', {});

    expect(resultOf(swept)).toMatchObject({ attemptsSettled: 1, messagesSent: 1 });
    const row = await stage.table.get(key);
    expect(row && rowToItem(row).state.kind).toBe('queued');
  });

  test('complete a batch whose last worker died before it could', async () => {
    const { messages } = await stage.ingest(newPrompts(1));
    await stage.run('generate', sqsEvent(messages));
    const batch = parseBatchId(JSON.parse(messages[0] ?? '{}').batch);
    if (batch === undefined) throw new Error(`no batch in ${messages[0]}`);
    await stage.table.write([
      { kind: 'update', key: batchKey(batch), set: { state: 'running', completedAt: undefined } },
      { kind: 'put', row: { ...openBatchKey(batch), batch } },
    ]);

    const swept = await stage.run('sweep', {});

    expect(resultOf(swept)).toMatchObject({ batchesCompleted: 1 });
    expect((await readBatch(stage.table, batch))?.state).toBe('complete');
  });

  test('close a batch whose file was deleted before it was read', async () => {
    const key = 'uploads/deleted.csv';
    const batch = batchIdOf(key, '1');
    const createdAt = new Date().toISOString();
    await createBatch(stage.table, {
      id: batch,
      state: 'ingesting',
      key,
      version: '1',
      options: DEFAULT_BATCH_OPTIONS,
      createdAt,
    });

    await stage.run('sweep', {});

    expect(await readBatch(stage.table, batch)).toMatchObject({
      state: 'refused',
      problem: expect.stringContaining('deleted before it was read'),
    });
  });

  test('put a report that is too large for an answer into the bucket', async () => {
    await fillMonth(stage.table, '2020-01', 9_000);

    const january = { from: '2020-01-01', to: '2020-01-31', by: ['batch'] };
    const reported = await stage.run('report', january);

    expect(resultOf(reported)).toMatchObject({
      kind: 'object',
      key: expect.stringMatching(/^reports\/asked\/2020-01-01-2020-01-31-batch-.*\.json$/),
    });
    expect(await stage.keysBelow('reports/asked/')).toHaveLength(1);
  });

  test('write the report of a past day, once', async () => {
    const yesterday = new Date(Date.now() - 1.5 * 86_400_000).toISOString();
    const batch = parseBatchId('of-yesterday');
    if (batch === undefined) throw new Error('not a batch id');
    const key = batchListKey({ id: batch, createdAt: yesterday });
    await stage.table.write([{ kind: 'put', row: { ...key, batch } }]);

    const first = await stage.run('report', { daily: true });
    const second = await stage.run('report', { daily: true });
    await stage.table.write([{ kind: 'delete', key }]);

    expect(resultOf(first)).toMatchObject({
      kind: 'daily',
      days: expect.arrayContaining([expect.any(String)]),
    });
    expect(resultOf(second)).toEqual({ kind: 'daily', days: [] });
    expect(await stage.keysBelow('reports/daily/')).toContain(`reports/daily/${yesterday.slice(0, 10)}.csv`);
  });

  test('submit a scheduled batch once, even if its trigger fires again', async () => {
    const name = 'weekly';
    await putSchedule({ name, sourceKey: 'schedules/weekly.csv', metadata: { 'pressrun-variants': '2' } });
    await stage.put('schedules/weekly.csv', FOUR_PROMPTS);
    // As EventBridge Scheduler tells it.
    const tick = { schedule: name, plannedAt: '2026-11-23T07:00:00Z' };

    const first = resultOf(await stage.run('schedule', tick));
    const second = resultOf(await stage.run('schedule', tick));
    const overlapping = resultOf(await stage.run('schedule', { ...tick, plannedAt: '2026-11-30T07:00:00Z' }));

    expect(first).toMatchObject({ kind: 'submitted', run: 1, isNew: true });
    expect(second).toMatchObject({ ...(first as object), isNew: false });
    expect(overlapping).toMatchObject({
      kind: 'skipped',
      reason: expect.stringContaining('is not over yet'),
    });
    const { key } = first as { key: string };
    const copy = await stage.clients.s3.send(new GetObjectCommand({ Bucket: stage.bucket, Key: key }));
    expect(await copy.Body?.transformToString()).toBe(FOUR_PROMPTS);
    expect(copy.Metadata).toMatchObject({
      'pressrun-variants': '2',
      'pressrun-tags': encodeURIComponent('schedule=weekly'),
    });
  });

  test('notify EventBridge of a scheduled run whose source is missing, and fail', async () => {
    await putSchedule({ name: 'gone', sourceKey: 'schedules/gone.csv' });
    const tick = { schedule: 'gone', plannedAt: '2026-11-23T07:00:00Z' };

    const [first, again] = [await stage.run('schedule', tick), await stage.run('schedule', tick)];

    const reason = 'there is no object schedules/gone.csv';
    expect([first, again]).toMatchObject([
      { kind: 'threw' },
      { kind: 'threw', message: `schedule gone: ${reason}` },
    ]);
    expect(stage.eventsOf('ScheduleFailed')).toEqual([
      { stage: 'dev', schedule: 'gone', plannedAt: '2026-11-23T07:00:00.000Z', reason },
    ]);
  });

  test('hand a long file over to a fresh invocation before the time of this one is up', async () => {
    const rows = Array.from({ length: 450 }, (_, index) => `a fox, number ${index}`).join('\n');

    const { invoked, messages } = await stage.ingest(`prompt\n${rows}\n`, { remainingMs: 10_000 });

    expect(resultOf(invoked)).toEqual({ batchItemFailures: [] });
    expect(messages.length).toBeGreaterThan(0);
    const sent = stage.callsOf('ingest').filter(({ target }) => target === 'pressrun-dev-ingest');
    expect(sent.map(({ operation }) => operation)).toContain('sqs:SendMessageBatch');
  });

  test('refuse an invalid trigger, so that it is dead-lettered, and point to the source', async () => {
    const result = await stage.run('schedule', { schedule: '../x', sourceKey: 'images/a.png' });

    expect(result).toMatchObject({
      kind: 'threw',
      message: expect.stringContaining('not the tick of a schedule'),
      stack: expect.stringContaining('functions/schedule/handler.ts'),
    });
  });
});

async function putSchedule(more: Partial<Schedule>): Promise<void> {
  const clock = { now: () => Date.parse('2026-11-21T12:00:00Z') };
  const row = scheduleToRow(weekly({ clock }, { overlap: 'skip', ...more }));
  await stage.table.write([{ kind: 'put', row }]);
}

/** After the runs above, each of which failed if a role did not allow one of its calls. */
describe('the rights of a function', () => {
  const template = templateOf('dev');
  /** Used by Lambda itself in the function's name: polling its queue, traces, log, events that were not handled. */
  const isLambdas = ({ action, resource }: { action: string; resource: string }) =>
    /^(xray|logs):/.test(action) ||
    /^sqs:(ReceiveMessage|DeleteMessage|GetQueueAttributes|GetQueueUrl|ChangeMessageVisibility)$/.test(
      action,
    ) ||
    resource === 'queue pressrun-dev-events-dead';
  /** What ends a put in parts that breaks off, which no test here can bring about. */
  const isOfBrokenPuts = ({ action }: { action: string }) => action === 's3:AbortMultipartUpload';

  test.each(WORKING)('of %s are no more than its bundle has code for', (name) => {
    const usable = usableActions(stage.bundle(name).code);

    const granted = grantsOf(template, `pressrun-dev-${name}`).filter((grant) => !isLambdas(grant));

    expect(granted.length).toBeGreaterThan(0);
    expect(granted.filter(({ action }) => !usable.has(action))).toEqual([]);
  });

  test.each(WORKING)('of %s were each used in the runs above', (name) => {
    const used = stage.callsOf(name).flatMap(rightsFor);

    const unused = grantsOf(template, `pressrun-dev-${name}`)
      .filter((grant) => !isLambdas(grant) && !isOfBrokenPuts(grant))
      .filter((grant) => !used.some((right) => allows([grant], right)));

    expect(unused).toEqual([]);
  });
});
