import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { type EmbeddedStage, startEmbeddedStage } from '../../local/stage/embedded-stage.ts';
import { startEmbeddedTable } from '../../local/stage/embedded-table.ts';
import { readStageFile } from '../../local/stage/stage-file.ts';
import { dynamoTable } from '../../shared/aws/dynamo/dynamo-table.ts';
import { noWait } from '../support/emulators.ts';

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'pressrun-home-'));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
});

describe('the embedded stage', () => {
  test('has a table, queues with dead-letter queues, and a folder, and keeps the table over a restart', async () => {
    const first = await start();
    await tableOf(first).write([{ kind: 'put', row: { pk: 'a', sk: 'b', kept: true } }]);
    const { Attributes } = await first.clients.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: first.queues.work.url, AttributeNames: ['All'] }),
    );
    await first.stop();

    const second = await start();

    expect(JSON.parse(Attributes?.RedrivePolicy ?? '')).toEqual({
      deadLetterTargetArn: first.queues.workDead.arn,
      maxReceiveCount: 10,
    });
    expect(first.storeRoot).toBe(join(home, 'local/objects'));
    expect(await tableOf(second).get({ pk: 'a', sk: 'b' })).toMatchObject({ kept: true });
  });

  test('leaves no process and no open port behind when it stops', async () => {
    const stage = await start();
    const pid = (await readStageFile(join(home, 'local')))?.dynoxide?.pid ?? 0;
    expect(isRunning(pid)).toBe(true);

    await stage.stop();
    await stage.stop();

    expect(isRunning(pid)).toBe(false);
    expect(await isOpen('127.0.0.1', stage.endpoints.sqs)).toBe(false);
    expect(await isOpen('127.0.0.1', stage.endpoints.dynamodb)).toBe(false);
  });

  test('listens on the loopback address only', async () => {
    const { endpoints } = await start();
    const outside = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ internal, family }) => !internal && family === 'IPv4')
      .map(({ address }) => address);

    for (const endpoint of [endpoints.sqs, endpoints.dynamodb]) {
      expect(await isOpen('127.0.0.1', endpoint)).toBe(true);
      for (const address of outside) expect(await isOpen(address, endpoint)).toBe(false);
    }
  });

  test('has one owner at a time: the second is told who, since when, and where its servers are', async () => {
    const stage = await start();

    const second = await startEmbeddedStage({ home, stage: 'local', nowMs: 9_999 });

    expect(second).toEqual({
      kind: 'busy',
      pid: process.pid,
      sinceMs: 1_000,
      endpoints: stage.endpoints,
    });
  });

  test('may be its table alone, for a command that only asks: others find that', async () => {
    const asked = await startEmbeddedTable({ home, stage: 'local', nowMs: 1_000 });
    if (asked.kind !== 'started') throw new Error('the stage is busy');
    onTestFinished(() => asked.stop());

    const second = await startEmbeddedStage({ home, stage: 'local', nowMs: 9_999 });
    await asked.stop();
    const third = await start();

    expect(second).toMatchObject({ kind: 'busy', endpoints: { dynamodb: asked.endpoints.dynamodb } });
    expect(second).not.toHaveProperty('endpoints.sqs');
    expect(await isOpen('127.0.0.1', asked.endpoints.dynamodb)).toBe(false);
    expect(await tableOf(third).get({ pk: 'a', sk: 'b' })).toBeUndefined();
  });

  test('does not stand in the way of another stage in the same home', async () => {
    await start();

    const other = await startEmbeddedStage({ home, stage: 'trial', nowMs: 1_000 });

    expect(other.kind).toBe('started');
    if (other.kind === 'started') await other.stop();
  });

  test('is free again after an owner that was killed, and ends the dynoxide that it left running', async () => {
    const owner = spawnOwner();
    const leftover = await owner.dynoxidePid;
    owner.child.kill('SIGKILL');
    await owner.ended;
    expect(isRunning(leftover)).toBe(true);

    const stage = await start();

    expect(isRunning(leftover)).toBe(false);
    expect(await tableOf(stage).get({ pk: 'a', sk: 'b' })).toBeUndefined();
  });

  test('ends its dynoxide when its process ends without stopping it', async () => {
    const owner = spawnOwner();
    const pid = await owner.dynoxidePid;

    owner.child.stdin?.end();
    await owner.ended;

    await expect.poll(() => isRunning(pid), { timeout: 5_000, interval: 10 }).toBe(false);
  });

  test('is free again, with nothing left running, where a server does not start', async () => {
    const nowhere = { home, stage: 'local', nowMs: 1_000, dynamoEndpoint: 'http://127.0.0.1:1' };
    await expect(startEmbeddedStage(nowhere)).rejects.toThrow();

    expect((await start()).kind).toBe('started');
  });
});

async function start(): Promise<EmbeddedStage> {
  const stage = await startEmbeddedStage({ home, stage: 'local', nowMs: 1_000 });
  if (stage.kind === 'busy') throw new Error(`the stage is owned by ${stage.pid}`);
  onTestFinished(stage.stop);
  return stage;
}

function tableOf(stage: EmbeddedStage) {
  return dynamoTable({ client: stage.clients.dynamo, tableName: stage.tableName, backoff: noWait });
}

/** Another process that owns the stage until its stdin ends. */
function spawnOwner() {
  const module = fileURLToPath(new URL('../../local/stage/embedded-stage.ts', import.meta.url));
  const script = `
    const { startEmbeddedStage } = await import(${JSON.stringify(module)});
    const stage = await startEmbeddedStage({ home: ${JSON.stringify(home)}, stage: 'local', nowMs: 1 });
    console.log(stage.kind);
    process.stdin.on('end', () => process.exit(0)).resume();
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const dynoxidePid = new Promise<number>((resolve, reject) => {
    child.stdout?.once('data', async () => {
      resolve((await readStageFile(join(home, 'local')))?.dynoxide?.pid ?? 0);
    });
    child.once('exit', () => reject(new Error('the owner ended before it was ready')));
  });
  return { child, ended, dynoxidePid };
}

/** A process that has ended but was not yet collected by its parent does not count. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}

function isOpen(host: string, endpoint: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host, port: Number(new URL(endpoint).port) });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
