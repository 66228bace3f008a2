import { readdir } from 'node:fs/promises';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../../local/simulator/server.ts';
import { type AwsClients, createClients } from '../../shared/aws/clients.ts';
import { createBucket, createStageQueues, createTable } from '../../shared/aws/create-resources.ts';
import { stageNames } from '../../shared/names.ts';
import { startDynoxide } from '../support/servers/dynoxide.ts';
import { startFauxqs } from '../support/servers/fauxqs.ts';
import { runResult } from './contract.ts';
import { envOf, prompts } from './provider.ts';
import { openWorkplace, type Workplace } from './workplace.ts';

const stops: (() => unknown)[] = [];
let simulator: Simulator;
let clients: AwsClients;
let servers: Record<string, string>;
let work: Workplace;

beforeAll(async () => {
  const [fauxqs, dynoxide] = await Promise.all([startFauxqs(), startDynoxide()]);
  simulator = await startSimulator({ pictures: 'plain', latency: { medianMs: 20, p95Ms: 40 } });
  clients = createClients({
    customEndpoint: true,
    endpoints: { dynamodb: dynoxide.endpoint, sqs: fauxqs.endpoint, s3: fauxqs.endpoint },
  });
  servers = {
    AWS_ENDPOINT_URL: fauxqs.endpoint,
    AWS_ENDPOINT_URL_DYNAMODB: dynoxide.endpoint,
    AWS_ACCESS_KEY_ID: 'lab',
    AWS_SECRET_ACCESS_KEY: 'lab',
    AWS_REGION: 'us-east-1',
  };
  work = await openWorkplace({ ...servers, ...envOf(simulator) });
  stops.push(fauxqs.stop, dynoxide.stop, simulator.close, clients.close, work.close);
});

afterAll(async () => {
  for (const stop of stops.reverse()) await stop();
});

describe("a stage on AWS-compatible servers of one's own", () => {
  test('is made by submit --create, worked off by a worker, and shown by status', async () => {
    await work.write('first.csv', prompts(3));

    const submitted = await work.run(['submit', 'first.csv', '--stage', 'lab', '--create', '--json']);
    const worker = await work.run(['worker', '--stage', 'lab', '--until-idle']);
    const { batch } = JSON.parse(submitted.stdout);
    const status = await work.run(['status', batch, '--stage', 'lab', '--json']);

    expect(submitted).toMatchObject({ code: 0, stderr: '' });
    expect(worker.code).toBe(0);
    expect(runResult(status.stdout)).toMatchObject({ batch, state: 'complete', items: { done: 3 } });
  }, 30_000);

  test('run follows it without a key; its worker also ingests uploads of any S3 client', async () => {
    await work.write('second.csv', prompts(4));
    const { bucket } = stageNames('lab');
    const worker = work.start(['worker', '--stage', 'lab', '--create']);
    await worker.says('working for stage lab');

    await clients.s3.send(
      new PutObjectCommand({ Bucket: bucket, Key: 'uploads/plain.csv', Body: 'prompt\na plain upload\n' }),
    );
    const run = await work.run(['run', 'second.csv', '--stage', 'lab', '--json', '--out', 'second'], {
      CORE_TODAY_API_KEY: '',
    });
    await worker.says('plain-');
    await expect.poll(() => simulator.totals().calls, { timeout: 10_000 }).toBe(3 + 1 + 1);
    worker.ctrlC();
    const { code } = await worker.ended;

    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(runResult(run.stdout).items, 'three were made for the first file').toMatchObject({
      done: 1,
      reused: 3,
    });
    expect((await readdir(work.path('second'))).filter((name) => name.endsWith('.png'))).toHaveLength(4);
    expect(code).toBe(130);
  }, 30_000);
});

describe('a stage that is not all there', () => {
  const message = async (args: readonly string[], env: Record<string, string> = {}) => {
    const { code, stdout, stderr } = await work.run(args, env);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    // Of a file that is read, what its columns are read as comes first.
    expect(stderr).toMatch(/^(columns {2}[^\n]+\n)?pressrun: [^\n]+\n$/);
    return stderr.replace(/^columns .*\n/, '');
  };

  test('names the missing part and what to do, in one line', async () => {
    await work.write('file.csv', prompts(1));
    await createStageQueues(clients, stageNames('half'));
    await createTable(clients, stageNames('half').table);
    await createStageQueues(clients, stageNames('other'));
    await createBucket(clients, stageNames('other').bucket);

    const [queue, bucket, bucketOfWorker, table] = await Promise.all([
      message(['status', '--stage', 'nowhere']),
      message(['submit', 'file.csv', '--stage', 'half']),
      message(['worker', '--stage', 'half']),
      message(['status', '--stage', 'other']),
    ]);

    expect(queue).toContain('no queue named pressrun-nowhere-');
    expect(bucket).toContain('the stage has no bucket: deploy it, or make it with --create');
    expect(bucketOfWorker).toContain('the stage has no bucket');
    expect(table).toContain('the stage has no table: deploy it, or make it with --create');
  }, 20_000);

  test('reports an unreachable server, missing credentials or a missing region', async () => {
    const [server, table, credentials, region] = await Promise.all([
      message(['status', '--stage', 'lab'], { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' }),
      message(['status', '--stage', 'lab'], { AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:1' }),
      message(['status', '--stage', 'lab'], {
        AWS_ACCESS_KEY_ID: '',
        AWS_SECRET_ACCESS_KEY: '',
        AWS_EC2_METADATA_DISABLED: 'true',
      }),
      message(['status', '--stage', 'lab'], { AWS_REGION: '' }),
    ]);

    for (const line of [server, table]) {
      expect(line).toContain('no server answers at 127.0.0.1:1: start it, or check the AWS_ENDPOINT_URL');
    }
    expect(credentials).toContain('no AWS credentials: set AWS_ACCESS_KEY_ID');
    expect(region).toContain('no AWS region that can be used: set AWS_REGION');
  }, 20_000);
});

describe('--simulate on a stage elsewhere', () => {
  test('refuses a real ledger, and a simulated stage refuses a real worker', async () => {
    const refused = await work.run(['worker', '--stage', 'lab', '--simulate', '--until-idle']);
    const made = await work.run(['worker', '--stage', 'play', '--create', '--simulate', '--until-idle']);
    const real = await work.run(['worker', '--stage', 'play', '--until-idle']);

    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('stage lab is not simulated') });
    expect(made.code).toBe(0);
    expect(real).toMatchObject({ code: 1, stderr: expect.stringContaining('add --simulate') });
  }, 30_000);
});
