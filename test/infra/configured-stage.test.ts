import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FunctionName } from '../../infra/bundling/bundle-functions.ts';
import { BUNDLED_CONFIGURATION } from '../../infra/constructs/function-code.ts';
import { stageSettings } from '../../infra/settings.ts';
import { type Simulator, startSimulator } from '../../local/simulator/server.ts';
import { type AwsClients, createClients } from '../../shared/aws/clients.ts';
import {
  createBucket,
  createStageQueues,
  createTable,
  type StageQueues,
} from '../../shared/aws/create-resources.ts';
import { dynamoTable } from '../../shared/aws/dynamo/dynamo-table.ts';
import { keyParameter, stageNames, stageParameter } from '../../shared/names.ts';
import { uploadMessageOf } from '../../shared/pipeline/messages.ts';
import { ALL_MODELS, pauseToRow } from '../../shared/pipeline/rows/provider-pause-row.ts';
import { noWait, useEmulators } from '../support/emulators.ts';
import { type Fauxqs, startFauxqs } from '../support/servers/fauxqs.ts';
import { sqsEvent } from '../support/sqs-event.ts';
import { copyBundles } from './support/bundled.ts';
import { bundleIn, invoke, resultOf } from './support/bundles.ts';
import { type Gateway, startGateway } from './support/gateway.ts';
import { metricsIn } from './support/metrics.ts';

const COMMAND = fileURLToPath(new URL('../../cli/bin.js', import.meta.url));
const FLASH = 'gemini-3.1-flash-image-preview';
const KEYS = { core: 'cdt_of-the-stage', router: 'sk-of-the-router' };
const names = stageNames('dev');
const ROWS = ['flash', 'routed', 'flash', 'routed'].map((model, nth) => `a fox number ${nth},${model}`);
const PROMPTS = `prompt,model\n${ROWS.join('\n')}\n`;

/** A stage `dev` of two providers: its bundles and record as synthesized from one file, over servers of this machine. */
const emulators = useEmulators();
let folder: string;
let core: Simulator;
let router: Simulator;
let fauxqs: Fauxqs;
let gateway: Gateway;
let clients: AwsClients;
let queues: StageQueues;
let bundles: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pressrun-configured-stage-'));
  [core, router] = await Promise.all([
    startSimulator({ latency: 'none', pictures: 'plain', key: KEYS.core }),
    startSimulator({ latency: 'none', pictures: 'plain', key: KEYS.router, dialect: 'openrouter' }),
  ]);
  fauxqs = await startFauxqs();
  const dynamodb = await emulators.dynamoEndpoint();
  const endpoints = { dynamodb, sqs: fauxqs.endpoint, s3: fauxqs.endpoint };
  clients = createClients({ customEndpoint: true, endpoints });
  await createTable(clients, names.table);
  await createBucket(clients, names.bucket);
  queues = await createStageQueues(clients, names);
  bundles = join(folder, 'bundles');
  const laid = JSON.stringify(stageSettings('dev', configuration(60)).configuration);
  await copyBundles(bundles);
  for (const name of ['ingest', 'generate'])
    await writeFile(join(bundles, name, BUNDLED_CONFIGURATION), laid);
  gateway = await startGateway({
    dynamodb,
    fauxqs: fauxqs.endpoint,
    secret: { value: KEYS.core },
    secrets: { 'team/router': KEYS.router },
    parameters: { [stageParameter('dev')]: await stageRecord() },
  });
  // What this machine would price with is ten times as dear.
  await writeFile(join(folder, 'pressrun.config.json'), JSON.stringify(configuration(600)));
  await writeFile(join(folder, 'prompts.csv'), PROMPTS);
}, 120_000);

afterAll(async () => {
  await Promise.all([core.close(), router.close(), gateway.stop()]);
  clients.close();
  await fauxqs.stop();
  await rm(folder, { recursive: true, force: true });
});

test('the functions of a stage, and commands of another machine, use the configuration that was deployed', async () => {
  const planned = await pressrun(['plan', 'prompts.csv', '--stage', 'dev', '--json'], {
    PRESSRUN_PRICE: 'pro-half',
  });
  const here = await pressrun(['plan', 'prompts.csv', '--json']);
  await uploadAndRun(PROMPTS);
  const cost = await pressrun(['cost', '--stage', 'dev', '--by', 'model,provider', '--json']);

  expect(planned.code, planned.stderr).toBe(0);
  expect(planned.stderr).toContain(
    'Models and prices are those deployed with stage dev. PRESSRUN_PRICE of this machine is not used.',
  );
  const [plannedRouted, plannedHere] = [routedOf(planned.stdout), routedOf(here.stdout)];
  expect(plannedHere.expectedMicro / plannedRouted.expectedMicro).toBeGreaterThan(9);
  const spent = new Map(rowsOf(cost.stdout).map((row) => [row.provider, row]));
  expect(spent.get('core-today')?.creditsMicro).toBe(core.totals().creditsMicro);
  expect(spent.get('router')?.creditsMicro, 'at the deployed price').toBe(router.totals().creditsMicro);
  expect(spent.get('router')?.creditsMicro).toBeGreaterThanOrEqual(plannedRouted.lowMicro);
  expect(spent.get('router')?.creditsMicro).toBeLessThanOrEqual(plannedRouted.highMicro);
}, 60_000);

test('doctor --stage prints how the local file differs from the deployed one, and no key', async () => {
  const { code, stdout } = await pressrun(['doctor', '--stage', 'dev']);

  expect(code).toBe(1);
  expect(stdout).toMatch(
    /ok {2}key +the stage has the keys of core-today \(sha256 \w{8}\), router \(sha256 \w{8}\)\n/,
  );
  expect(stdout).toMatch(/ok {2}region +stage dev is deployed in us-east-1\n/);
  expect(stdout).toMatch(/NO {2}version +the functions are of pressrun before 0\.2\.0, this command is \d/);
  expect(stdout).toMatch(
    /ok {2}table +pressrun-dev: its newest batch can be read by pressrun \d\S* and later\n/,
  );
  expect(stdout).toMatch(/ok {2}rights +you may read and change the table/);
  expect(stdout).toMatch(
    /ok {2}queues +\d+ items wait, .*; no dead letters; the stage rests \(polling is false\)/,
  );
  expect(stdout).toMatch(/ok {2}bucket +\S+ can be read\n/);
  expect(stdout).toMatch(/ok {2}clock +agrees with that of AWS\n/);
  expect(stdout.match(/NO {2}config .*/g)).toEqual([
    expect.stringMatching(/prices\.routed-2026\.creditsPerMillion\.image: here 600000, deployed 60000$/),
    expect.stringMatching(/prices\.routed-2026\.creditsPerMillion\.input: here 5000, deployed 500$/),
    expect.stringMatching(/prices\.routed-2026\.creditsPerMillion\.text: here 30000, deployed 3000$/),
    expect.stringMatching(/to deploy .*pressrun\.config\.json: pressrun deploy --stage dev$/),
  ]);
  expect(stdout).not.toContain(KEYS.core);
}, 60_000);

test('a worker of the stage takes its keys, models and prices, and none of this machine', async () => {
  const before = router.totals();
  const callsBefore = gateway.calls.length;
  const submitted = await pressrun([
    'submit',
    'prompts.csv',
    '--stage',
    'dev',
    '--fresh',
    '--name',
    'worker',
  ]);
  const wrong = { CORE_TODAY_API_KEY: 'cdt_of-this-machine', ROUTER_KEY: 'sk-of-this-machine' };
  const worked = await pressrun(['worker', '--stage', 'dev', '--until-idle'], wrong);

  expect(submitted.code, submitted.stderr).toBe(0);
  expect(submitted.stderr, 'no function reads it').toContain('Stage dev rests (polling is false)');
  expect(worked.code, worked.stderr).toBe(0);
  expect(router.totals().billedCalls - before.billedCalls).toBe(2);
  expect(worked.stderr).toContain('Models and prices are those deployed with stage dev.');
  expect(metricsIn(worked.stdout), 'as a function of the stage would').toEqual(
    expect.arrayContaining(['pressrun Calls outcome,service,stage', 'pressrun Credits service,stage']),
  );
  const told = gateway.calls.slice(callsBefore).filter(({ operation }) => operation === 'events:PutEvents');
  expect(told.map(({ body }) => body).join()).toContain('BatchCompleted');
}, 60_000);

test('starting a worker ends no pause of the stage; --resume does', async () => {
  const table = dynamoTable({ client: clients.dynamo, tableName: names.table, backoff: noWait });
  const words = { message: '402', hint: 'top up', since: '2026-11-29T01:00:00Z' };
  const row = pauseToRow({ model: ALL_MODELS, code: 'credits', ...words });
  await table.write([{ kind: 'put', row }]);
  const idle = ['worker', '--stage', 'dev', '--until-idle'];

  await pressrun(idle);
  const afterStart = await table.get(row);
  await pressrun([...idle, '--resume']);
  const afterResume = await table.get(row);

  expect(afterStart).toEqual(row);
  expect(afterResume).toBeUndefined();
}, 60_000);

/** `scale` is what an image token of the routed model costs, in thousandths of a credit. */
function configuration(scale: number) {
  return {
    providers: {
      'core-today': { baseUrl: core.url },
      router: {
        baseUrl: router.url,
        keyVariable: 'ROUTER_KEY',
        keySecret: 'team/router',
        dialect: 'openrouter' as const,
      },
    },
    models: { [FLASH]: { aliases: ['flash'] }, routed: { provider: 'router', sendAs: FLASH } },
    prices: [
      {
        name: 'routed-2026',
        model: 'routed',
        from: '2026-01-01',
        source: 'test',
        creditsPerMillion: { input: (scale / 60) * 500, text: (scale / 60) * 3_000, image: scale * 1_000 },
      },
    ],
  };
}

async function stageRecord(): Promise<string> {
  const laid = await readFile(join(bundles, 'generate', 'pressrun.config.json'), 'utf8');
  return JSON.stringify({
    ...names,
    keySecret: `ssm:${keyParameter('dev')}`,
    reportFunction: 'report',
    scheduleGroup: 'group',
    scheduleRole: 'arn:role',
    scheduleFunction: 'arn:schedule',
    polling: false,
    configuration: JSON.parse(laid),
  });
}

async function uploadAndRun(file: string): Promise<void> {
  const key = 'uploads/prompts.csv';
  await clients.s3.send(new PutObjectCommand({ Bucket: names.bucket, Key: key, Body: file }));
  resultOf(await runBundle('ingest', sqsEvent([uploadMessageOf({ key }).body])));
  const { Messages = [] } = await clients.sqs.send(
    new ReceiveMessageCommand({ QueueUrl: queues.work.url, MaxNumberOfMessages: 10 }),
  );
  expect(resultOf(await runBundle('generate', sqsEvent(Messages.map(({ Body = '' }) => Body))))).toEqual({
    batchItemFailures: [],
  });
}

function runBundle(name: FunctionName, payload: unknown) {
  return invoke(bundleIn(bundles, name), payload, {
    AWS_ENDPOINT_URL: gateway.url,
    PRESSRUN_STAGE: 'dev',
    PRESSRUN_KEY_SECRET: `ssm:${keyParameter('dev')}`,
    PRESSRUN_CONFIG: 'pressrun.config.json',
    LAMBDA_TASK_ROOT: join(bundles, name),
    TEST_REMAINING_MS: '480000',
  });
}

interface PlannedModel {
  readonly model: string;
  readonly lowMicro: number;
  readonly expectedMicro: number;
  readonly highMicro: number;
}

function routedOf(json: string): PlannedModel {
  const { models }: { models: PlannedModel[] } = JSON.parse(json);
  const routed = models.find(({ model }) => model === 'routed');
  if (routed === undefined) throw new Error(`no routed model in ${json}`);
  return routed;
}

function rowsOf(json: string): { readonly provider: string; readonly creditsMicro: number }[] {
  return JSON.parse(json).rows;
}

async function pressrun(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [COMMAND, ...args], {
    cwd: folder,
    env: {
      AWS_ENDPOINT_URL: gateway.url,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      HOME: folder,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, code] = await Promise.all([
    textOf(child.stdout),
    textOf(child.stderr),
    new Promise<number | null>((resolve) => child.once('close', resolve)),
  ]);
  return { code, stdout, stderr };
}

async function textOf(stream: AsyncIterable<Buffer>): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += chunk.toString();
  return text;
}
