import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createClients } from '../../shared/aws/clients.ts';
import { createBucket, createStageQueues, createTable } from '../../shared/aws/create-resources.ts';
import { dynamoTable } from '../../shared/aws/dynamo/dynamo-table.ts';
import { stageNames, stageParameter } from '../../shared/names.ts';
import { readSchedule } from '../../shared/pipeline/schedule/schedules.ts';
import { COMMAND } from '../cli/workplace.ts';
import { noWait, useEmulators } from '../support/emulators.ts';
import { startFauxqs } from '../support/servers/fauxqs.ts';
import { startGateway } from './support/gateway.ts';
import { type Answer, startRecording } from './support/recording-server.ts';

const emulators = useEmulators();
const names = stageNames('weekly-stage');
const record = {
  ...names,
  keySecret: 'arn:secret',
  reportFunction: 'report',
  scheduleGroup: 'the-group',
  scheduleRole: 'arn:the-role',
  scheduleFunction: 'arn:the-function',
};

/** A stage as far as it can be here: emulators, a record in Parameter Store, and a server that records what Scheduler is sent. */
async function deployed(answer: (method: string) => Answer) {
  const [folder, fauxqs, dynamodb] = await Promise.all([
    mkdtemp(join(tmpdir(), 'pressrun-schedules-')),
    startFauxqs(),
    emulators.dynamoEndpoint(),
  ]);
  const endpoints = { dynamodb, sqs: fauxqs.endpoint, s3: fauxqs.endpoint };
  const clients = createClients({ customEndpoint: true, endpoints });
  await createTable(clients, names.table);
  await createBucket(clients, names.bucket);
  await createStageQueues(clients, names);
  const parameters = { [stageParameter('weekly-stage')]: JSON.stringify(record) };
  const gateway = await startGateway({
    dynamodb,
    fauxqs: fauxqs.endpoint,
    secret: { value: '' },
    parameters,
  });
  const scheduler = await startRecording(({ method }) => answer(method));
  onTestFinished(async () => {
    clients.close();
    await gateway.stop();
    await fauxqs.stop();
    await rm(folder, { recursive: true, force: true });
  });
  const file = join(folder, 'prompts.csv');
  await writeFile(file, 'prompt\na fox\n');
  const env = {
    PATH: process.env.PATH ?? '',
    PRESSRUN_STAGE: 'weekly-stage',
    PRESSRUN_HOME: folder,
    AWS_ENDPOINT_URL: gateway.url,
    AWS_ENDPOINT_URL_SCHEDULER: scheduler.url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
  const table = dynamoTable({ client: clients.dynamo, tableName: names.table, backoff: noWait });
  return { table, file, requests: scheduler.requests, schedule: (...args: string[]) => run(args, env) };
}

async function run(args: readonly string[], env: Record<string, string>) {
  const child = spawn(process.execPath, [COMMAND, 'schedule', ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (some: string) => {
      text[name] += some;
    });
  }
  const code = await new Promise((resolve) => child.once('close', resolve));
  return { code, ...text };
}

test('a schedule of a deployed stage is made in its group and removed from it; the table has it as well', async () => {
  const stage = await deployed((method) =>
    method === 'PUT'
      ? { status: 404, type: 'ResourceNotFoundException', body: {} }
      : { status: 200, body: {} },
  );

  const added = await stage.schedule(
    'add',
    'weekly',
    stage.file,
    '--cron',
    '0 8 * * MON',
    '--tz',
    'Asia/Seoul',
  );
  const kept = await readSchedule(stage.table, 'weekly');
  const removed = await stage.schedule('remove', 'weekly');

  expect(added).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/^columns {2}prompt\n$/),
    stdout: expect.stringMatching(/^schedule weekly: next .* 08:00 Asia\/Seoul\n$/),
  });
  expect(kept).toMatchObject({ timeZone: 'Asia/Seoul', ownsSource: true });
  expect(stage.requests.map(({ method, path }) => `${method} ${path.split('?')[0]}`)).toEqual([
    'PUT /schedules/weekly',
    'POST /schedules/weekly',
    'DELETE /schedules/weekly',
  ]);
  expect(stage.requests[1]?.body).toMatchObject({
    GroupName: 'the-group',
    Target: { Arn: 'arn:the-function', RoleArn: 'arn:the-role' },
  });
  expect(removed.code).toBe(0);
  expect(await readSchedule(stage.table, 'weekly')).toBeUndefined();
});

test('a schedule that AWS refuses is not left in the table, and the command prints why in one line', async () => {
  const stage = await deployed(() => ({
    status: 403,
    type: 'AccessDeniedException',
    body: { message: 'not allowed to pass the role' },
  }));

  const added = await stage.schedule('add', 'weekly', stage.file, '--every', '6h');

  expect(added).toMatchObject({ code: 1, stdout: '' });
  expect(added.stderr).toMatch(/^pressrun: .*not allowed to pass the role\n$/);
  expect(await readSchedule(stage.table, 'weekly')).toBeUndefined();
});
