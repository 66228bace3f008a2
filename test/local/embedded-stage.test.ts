import { spawn } from 'node:child_process';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { openEmbeddedStage } from '../../local/stage/embedded-stage.ts';
import { acquireHome, isOwned } from '../../local/stage/home-lock.ts';
import { systemClock } from '../../shared/aws/system-clock.ts';
import { freshFolder, openStageIn } from '../support/sqlite.ts';

let folder: string;

beforeEach(async () => {
  folder = join(await freshFolder(), 'local');
});

const row = { pk: 'a', sk: 'b', kept: true };

describe('the embedded stage', () => {
  test('keeps its rows and messages over a restart, in one file', async () => {
    const first = await openEmbeddedStage(folder, systemClock());
    await first.table.write([{ kind: 'put', row }]);
    await first.workQueue.send([{ body: 'x' }]);
    await first.close();

    const files = await readdir(folder);
    const second = await openStageIn(folder);

    expect(files).toEqual(['stage.sqlite']);
    expect(await second.table.get(row)).toEqual(row);
    expect(await second.workQueue.receive(10, 0)).toMatchObject([{ body: 'x' }]);
  });

  test('shows writes and messages of one process to another at once', async () => {
    const [one, other] = [await openStageIn(folder), await openStageIn(folder)];
    const received = other.workQueue.receive(1, 5_000);

    await one.table.write([{ kind: 'put', row }]);
    await one.workQueue.send([{ body: 'x' }]);

    expect(await other.table.get(row)).toEqual(row);
    expect(await received).toMatchObject([{ body: 'x' }]);
  });

  test('forgets messages when its worker clears up, and keeps its rows', async () => {
    const stage = await openStageIn(folder);
    await stage.table.write([{ kind: 'put', row }]);
    await stage.workQueue.send([{ body: 'x' }]);

    await stage.clearLeftovers();

    expect(await stage.workQueue.receive(10, 0)).toEqual([]);
    expect(await stage.table.get(row)).toEqual(row);
  });

  test('may be closed twice', async () => {
    const stage = await openStageIn(folder);

    await stage.close();

    await expect(stage.close()).resolves.toBeUndefined();
  });
});

describe('a stage of another version', () => {
  test('of pressrun 0.1 is not opened, not changed, and named in one line', async () => {
    await (await openStageIn(folder)).close();
    await writeFile(join(folder, 'table.db'), 'what dynoxide wrote');
    await rm(databasePath());
    const before = await readdir(folder);

    const opened = openEmbeddedStage(folder, systemClock());

    await expect(opened).rejects.toThrow(/made by pressrun 0\.1 .*nothing in it is changed.*--home/);
    expect(await readdir(folder)).toEqual(before);
    expect(await readFile(join(folder, 'table.db'), 'utf8')).toBe('what dynoxide wrote');
  });

  test('that is newer is refused', async () => {
    await (await openStageIn(folder)).close();
    pragma('user_version = 99');

    await expect(openEmbeddedStage(folder, systemClock())).rejects.toThrow(/newer pressrun/);
  });

  test.each([
    ['a database of another program', () => pragma('application_id = 7')],
    ['no database', () => writeFile(databasePath(), 'x'.repeat(5_000))],
  ])('that is %s is refused', async (_, spoil) => {
    await (await openStageIn(folder)).close();
    await spoil();

    await expect(openEmbeddedStage(folder, systemClock())).rejects.toThrow(/stage\.sqlite is .*--home/);
  });
});

describe('the worker of a stage', () => {
  test("is one at a time: a second fails with the owner's PID and start time", async () => {
    const first = await acquireHome(folder);
    if (first.kind === 'busy') throw new Error('nobody else is here');
    onTestFinished(first.release);
    await first.announce(1_000);

    const second = await acquireHome(folder);

    expect(second).toEqual({ kind: 'busy', owner: { pid: process.pid, sinceMs: 1_000 } });
    expect(isOwned(folder)).toBe(true);
    first.release();
    expect(isOwned(folder)).toBe(false);
  });

  test('does not block another stage', async () => {
    const first = await acquireHome(folder);
    const other = await acquireHome(`${folder}-other`);

    expect([first.kind, other.kind]).toEqual(['owned', 'owned']);
    for (const home of [first, other]) if (home.kind === 'owned') home.release();
  });

  test('that is killed leaves the stage free at once', async () => {
    const owner = spawnOwner();
    await owner.owns;
    expect(isOwned(folder)).toBe(true);

    owner.child.kill('SIGKILL');
    await owner.ended;

    const next = await acquireHome(folder);
    expect(next.kind).toBe('owned');
    if (next.kind === 'owned') next.release();
  });
});

function databasePath(): string {
  return join(folder, 'stage.sqlite');
}

function pragma(setting: string): void {
  const database = new DatabaseSync(databasePath());
  database.exec(`PRAGMA ${setting}`);
  database.close();
}

/** Another process that owns the stage until it is killed. */
function spawnOwner() {
  const module = fileURLToPath(new URL('../../local/stage/home-lock.ts', import.meta.url));
  const script = `
    const { acquireHome } = await import(${JSON.stringify(module)});
    console.log((await acquireHome(${JSON.stringify(folder)})).kind);
    setInterval(() => {}, 1_000);
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const owns = new Promise<void>((resolve) => child.stdout?.once('data', () => resolve()));
  return { child, ended, owns };
}
