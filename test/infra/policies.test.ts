import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { EXIT } from '../../cli/exit-codes.ts';
import { startSimulator } from '../../local/simulator/server.ts';
import { createClients } from '../../shared/aws/clients.ts';
import {
  createBucket,
  createQueue,
  createStageQueues,
  createTable,
} from '../../shared/aws/create-resources.ts';
import { dynamoTable } from '../../shared/aws/dynamo/dynamo-table.ts';
import { parseBatchId } from '../../shared/domain/ids.ts';
import { keyParameter, stageNames, stageParameter } from '../../shared/names.ts';
import type { Table } from '../../shared/pipeline/ports.ts';
import { batchListKey } from '../../shared/pipeline/rows/batch-row.ts';
import { version } from '../../shared/version.ts';
import { call } from '../cli/call.ts';
import { openWorkplace } from '../cli/workplace.ts';
import { picture } from '../provider/fixtures/pictures.ts';
import { noWait, useEmulators } from '../support/emulators.ts';
import { startFauxqs } from '../support/servers/fauxqs.ts';
import { type Gateway, type RecordedCall, startGateway } from './support/gateway.ts';
import { allows, grantsOfPolicy, rightsFor } from './support/policies.ts';
import { templateOf } from './support/stack.ts';

const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
const BROKEN = 'a broken picture';
const KEY = 'cdt_of-the-stage';
const DEAD_EVENTS = 'pressrun-dev-events-dead';
const ROLES = ['Submitter', 'Operator', 'Accountant', 'Worker'] as const;
type Role = (typeof ROLES)[number];

const emulators = useEmulators();
const template = templateOf('dev');
const used = new Map<Role, RecordedCall[]>(ROLES.map((role) => [role, []]));
const stops: (() => unknown)[] = [];
let exitOf: (role: Role, ...argv: string[]) => Promise<number | null>;
let gateway: Gateway;
let folder: string;

/** Stage `dev` on emulators, with its record; commands run in this process, and each call that they make is kept by role. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pressrun-policies-'));
  const names = stageNames('dev');
  const dynamodb = await emulators.dynamoEndpoint();
  const fauxqs = await startFauxqs();
  const clients = createClients({
    customEndpoint: true,
    endpoints: { dynamodb, sqs: fauxqs.endpoint, s3: fauxqs.endpoint },
  });
  await createTable(clients, names.table);
  await createBucket(clients, names.bucket);
  await createStageQueues(clients, names);
  await createQueue(clients, DEAD_EVENTS, {});
  const simulator = await startSimulator({
    latency: 'none',
    pictures: 'plain',
    key: KEY,
    script: ({ prompt }) =>
      prompt.includes(BROKEN) ? { kind: 'failure', failure: 'bad-image-cut-off' } : undefined,
  });
  const record = {
    ...names,
    keySecret: `ssm:${keyParameter('dev')}`,
    reportFunction: 'report',
    scheduleGroup: 'pressrun-dev',
    scheduleRole: 'arn:aws:iam::123456789012:role/schedule',
    scheduleFunction: 'arn:aws:lambda:us-east-1:123456789012:function:pressrun-dev-schedule',
    scheduleDeadQueue: `arn:aws:sqs:us-east-1:123456789012:${DEAD_EVENTS}`,
    version: version(),
    configuration: { providers: { 'core-today': { baseUrl: simulator.url } } },
  };
  gateway = await startGateway({
    dynamodb,
    fauxqs: fauxqs.endpoint,
    secret: { value: KEY },
    parameters: { [stageParameter('dev')]: JSON.stringify(record) },
  });
  vi.stubEnv('AWS_ENDPOINT_URL', gateway.url);
  vi.stubEnv('AWS_REGION', 'us-east-1');
  for (const [name, value] of Object.entries(CREDENTIALS)) vi.stubEnv(name, value);
  vi.stubEnv('PRESSRUN_HOME', folder);
  exitOf = async (role, ...argv) => {
    const before = gateway.calls.length;
    const { stderr, code } = await call([...argv, '--stage', 'dev']);
    used.get(role)?.push(...gateway.calls.slice(before));
    if (code === EXIT.error) throw new Error(`${argv.join(' ')}: ${stderr}`);
    return code;
  };
  const reference = { Bucket: names.bucket, Key: 'references/hare.jpg', Body: await picture('jpeg') };
  await clients.s3.send(new PutObjectCommand(reference));
  await addBatchOfYesterday(dynamoTable({ client: clients.dynamo, tableName: names.table, backoff: noWait }));
  stops.push(simulator.close, clients.close, fauxqs.stop, gateway.stop);
}, 120_000);

afterAll(async () => {
  for (const stop of stops.toReversed()) await stop();
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

async function as(role: Role, ...argv: string[]): Promise<void> {
  expect(await exitOf(role, ...argv), argv.join(' ')).toBe(EXIT.ok);
}

test('the commands of each role run', async () => {
  const foxes = await write('foxes.csv', 'prompt,references\na fox,fox.png\na red fox,\n');
  await write('fox.png', await picture('png'));
  const hares = await write('hares.csv', `prompt,references\na hare,references/hare.jpg\n${BROKEN},\n`);

  await as('Submitter', 'plan', foxes);
  await as('Submitter', 'submit', foxes);
  await as('Worker', 'worker', '--until-idle');
  await as('Submitter', 'run', foxes, '--out', join(folder, 'images'));
  await as('Submitter', 'download', 'latest', '--out', join(folder, 'again'));
  await as('Submitter', 'status', 'latest');

  await as('Operator', 'doctor');
  await as('Operator', 'contact-sheet', 'latest');
  await as('Operator', 'budget', 'set', 'day', '5000');
  await as('Submitter', 'submit', hares, '--budget', '1000');
  await as('Operator', 'pause');
  expect(await exitOf('Worker', 'worker', '--until-idle')).toBe(EXIT.paused);
  await as('Operator', 'cancel', 'latest');
  await as('Operator', 'retry', 'latest', '--only', 'cancelled');
  await as('Operator', 'resume');
  expect(await exitOf('Worker', 'worker', '--until-idle')).toBe(EXIT.incomplete);
  expect(await exitOf('Operator', 'replay', 'latest')).toBe(EXIT.incomplete);
  await as('Operator', 'picks', 'latest', '--add', '1');
  await as('Operator', 'picks', 'latest', '--remove', '1');
  await as('Operator', 'schedule', 'add', 'weekly', hares, '--cron', '0 7 * * 1');
  await as('Operator', 'schedule', 'pause', 'weekly');
  await as('Operator', 'schedule', 'resume', 'weekly');
  await as('Operator', 'schedule', 'run', 'weekly');
  await as('Operator', 'schedule', 'remove', 'weekly');
  await as('Operator', 'repair');
  await setKey();

  await as('Accountant', 'cost', '--by', 'day,model');
  await as('Accountant', 'cost', 'verify');
  await as('Accountant', 'budget', 'list');
  await as('Accountant', 'status', '--unknown');

  await as('Operator', 'prune', '--yes');
}, 120_000);

describe.each(ROLES)('the policy %sPolicy', (role) => {
  const grants = grantsOfPolicy(template, `${role}Policy`);
  const rights = () => (used.get(role) ?? []).flatMap(rightsFor);
  /** What ends a put in parts that breaks off, which no test here can bring about. */
  const isOfBrokenPuts = ({ action }: { action: string }) => action === 's3:AbortMultipartUpload';

  test('allows all that they called', () => {
    expect(rights().length).toBeGreaterThan(5);
    expect(rights().filter((right) => !allows(grants, right))).toEqual([]);
  });

  test('allows nothing that they did not call', () => {
    const needed = grants.filter((grant) => !isOfBrokenPuts(grant));

    expect(needed.filter((grant) => !rights().some((right) => allows([grant], right)))).toEqual([]);
  });
});

async function write(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

/** From a process of its own, whose input is not the test's. */
async function setKey(): Promise<void> {
  const work = await openWorkplace({
    AWS_ENDPOINT_URL: gateway.url,
    AWS_REGION: 'us-east-1',
    ...CREDENTIALS,
  });
  const before = gateway.calls.length;
  const { code, stderr } = await work.run(['key', 'set', '--stage', 'dev'], {}, KEY);
  used.get('Operator')?.push(...gateway.calls.slice(before));
  await work.close();
  expect(code, stderr).toBe(EXIT.ok);
}

/** So that there is a daily report to write. */
async function addBatchOfYesterday(table: Table): Promise<void> {
  const id = parseBatchId('of-yesterday');
  if (id === undefined) throw new Error('not a batch id');
  const createdAt = new Date(Date.now() - 1.5 * 86_400_000).toISOString();
  await table.write([{ kind: 'put', row: { ...batchListKey({ id, createdAt }), batch: id } }]);
}
