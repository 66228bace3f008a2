import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createClients } from '../../shared/aws/clients.ts';
import { createBucket, createStageQueues, createTable } from '../../shared/aws/create-resources.ts';
import { dynamoTable } from '../../shared/aws/dynamo/dynamo-table.ts';
import { stageNames, stageParameter } from '../../shared/names.ts';
import { pauseKey, pauseToRow } from '../../shared/pipeline/rows/provider-pause-row.ts';
import { noWait, useEmulators } from '../support/emulators.ts';
import { type Fauxqs, startFauxqs } from '../support/servers/fauxqs.ts';
import { type Gateway, startGateway } from './support/gateway.ts';

const COMMAND = fileURLToPath(new URL('../../cli/bin.js', import.meta.url));
const KEY = 'cdt_new-key-0123456789';
const names = { ...stageNames('acme'), table: 'acme-table-1A2B', bucket: 'acme-bucket-3c4d' };
const record = {
  ...names,
  keySecret: 'arn:the-secret',
  reportFunction: 'report',
  scheduleGroup: 'group',
  scheduleRole: 'arn:role',
  scheduleFunction: 'arn:schedule',
};

const emulators = useEmulators();
const secret: { value: string | undefined } = { value: undefined };
let home: string;
let fauxqs: Fauxqs;
let gateway: Gateway;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'pressrun-key-'));
  fauxqs = await startFauxqs();
  const dynamodb = await emulators.dynamoEndpoint();
  const clients = createClients({
    customEndpoint: true,
    endpoints: { dynamodb, sqs: fauxqs.endpoint, s3: fauxqs.endpoint },
  });
  await createTable(clients, names.table);
  await createBucket(clients, names.bucket);
  await createStageQueues(clients, names);
  clients.close();
  const parameters = { [stageParameter('acme')]: JSON.stringify(record) };
  gateway = await startGateway({ dynamodb, fauxqs: fauxqs.endpoint, secret, parameters });
});
beforeEach(() => {
  secret.value = undefined;
});
afterAll(async () => {
  await gateway.stop();
  await fauxqs.stop();
  await rm(home, { recursive: true, force: true });
});

describe('a deployed stage', () => {
  test('is found by its name alone, whatever its table and bucket are called', async () => {
    const ended = await pressrun(['status', '--stage', 'acme', '--json']);

    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(gateway.calls.map(({ target }) => target)).toContain('acme-table-1A2B');
  });

  test('is reported as missing, in one line', async () => {
    const ended = await pressrun(['status', '--stage', 'other']);

    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(
      /^pressrun: there is no queue named pressrun-other-\w+: deploy the stage[^\n]*\n$/,
    );
  });
});

describe('key set', () => {
  test('writes the key that is piped in, and shows it nowhere', async () => {
    const ended = await pressrun(['key', 'set', '--stage', 'acme'], `${KEY}\n`);

    expect(ended.code).toBe(0);
    expect(secret.value).toBe(KEY);
    expect(ended.stdout + ended.stderr).not.toContain(KEY);
    expect(ended.stderr).toContain('the key of stage acme is set; every worker takes it within 30 seconds');
  });

  test('ends the pause for want of a valid key, and no other', async () => {
    await pauseFor('auth');
    const first = await pressrun(['key', 'set', '--stage', 'acme', '--json'], KEY);
    await pauseFor('credits');
    const second = await pressrun(['key', 'set', '--stage', 'acme', '--json'], KEY);

    expect(JSON.parse(first.stdout)).toEqual({ stage: 'acme', set: true, pauseEnded: true });
    expect(JSON.parse(second.stdout)).toEqual({ stage: 'acme', set: true, pauseEnded: false });
    expect(await pauseCode()).toBe('credits');
  });

  test.each([
    ['nothing', ''],
    ['two words', 'my key'],
  ])('takes no %s for a key', async (_, input) => {
    const ended = await pressrun(['key', 'set', '--stage', 'acme'], input);

    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr).toContain('that is no key');
    expect(secret.value).toBeUndefined();
  });

  test("names the source of the local stage's key, and reports an undeployed stage", async () => {
    const [local, missing] = [
      await pressrun(['key', 'set'], KEY),
      await pressrun(['key', 'set', '--stage', 'nowhere'], KEY),
    ];

    expect(local.stderr).toContain('the local stage takes its key from CORE_TODAY_API_KEY');
    expect(missing.stderr).toContain('pressrun deploy --stage nowhere');
    expect([local.code, missing.code]).toEqual([1, 1]);
  });
});

async function pauseFor(code: 'auth' | 'credits'): Promise<void> {
  const row = pauseToRow({
    model: '*',
    code,
    message: 'no',
    hint: 'help',
    since: '2026-11-21T12:00:00.000Z',
  });
  await (await table()).write([{ kind: 'put', row }]);
}

async function pauseCode(): Promise<unknown> {
  return (await (await table()).get(pauseKey('*')))?.code;
}

async function table() {
  const { dynamo: client } = await emulators.clients();
  return dynamoTable({ client, tableName: names.table, backoff: noWait });
}

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function pressrun(args: readonly string[], input = ''): Promise<Ended> {
  const child = spawn(process.execPath, [COMMAND, ...args], {
    cwd: home,
    env: {
      AWS_ENDPOINT_URL: gateway.url,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      HOME: home,
    },
  });
  child.stdin.end(input);
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
