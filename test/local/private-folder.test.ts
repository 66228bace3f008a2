import { chmod, mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { acquireHome, isOwned } from '../../local/stage/home-lock.ts';
import { call } from '../cli/call.ts';
import { freshFolder, openStageIn } from '../support/sqlite.ts';

async function modeOf(...path: string[]): Promise<string> {
  return ((await stat(join(...path))).mode & 0o777).toString(8);
}

describe('the home on a machine with other users', () => {
  test('is its owner’s alone: folder, stage, table and log', async () => {
    const folder = await freshFolder();
    const home = join(folder, 'data', 'home');

    await call(['status', '--json', '--home', home]);

    expect(await modeOf(folder, 'data')).toBe('700');
    expect(await modeOf(home)).toBe('700');
    expect(await modeOf(home, 'local')).toBe('700');
    expect(await modeOf(home, 'local', 'stage.sqlite')).toBe('600');
  });

  test('is closed if an earlier version left it open, but a folder above it that was there stays as it is', async () => {
    const home = await freshFolder();
    const stage = join(home, 'local');
    await mkdir(stage);
    await chmod(home, 0o755);
    await chmod(stage, 0o755);
    await writeFile(join(stage, 'stage.sqlite'), '');
    await chmod(join(stage, 'stage.sqlite'), 0o644);

    await openStageIn(stage);
    const owned = await acquireHome(stage);

    expect(owned.kind).toBe('owned');
    expect(isOwned(stage)).toBe(true);
    expect(await modeOf(home)).toBe('755');
    expect(await modeOf(stage)).toBe('700');
    expect(await modeOf(stage, 'stage.sqlite')).toBe('600');
    if (owned.kind === 'owned') owned.release();
  });
});
