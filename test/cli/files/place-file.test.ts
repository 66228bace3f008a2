import { mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { createFilePlacer, isSameFile } from '../../../cli/files/place-file.ts';

let folder: string;
let from: string;
let to: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pressrun-place-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  from = join(folder, 'image.png');
  to = join(folder, 'placed.png');
  await writeFile(from, 'an image');
});

describe('a placed file', () => {
  test('has the content of the first, by whichever way the file system allows', async () => {
    const way = await createFilePlacer().place(from, to);

    expect(await readFile(to, 'utf8')).toBe('an image');
    expect(await isSameFile(from, to)).toBe(way === 'link');
  });

  test('takes no room as a link, which an editor cannot write to', async () => {
    await createFilePlacer(['link', 'copy']).place(from, to);

    expect((await stat(to)).nlink).toBe(2);
    if (process.platform !== 'win32') expect((await stat(to)).mode & 0o222).toBe(0);
  });

  test('is a copy if no link is possible', async () => {
    await createFilePlacer(['copy']).place(from, to);
    await writeFile(to, 'edited');

    expect(await readFile(from, 'utf8')).toBe('an image');
  });

  test('never replaces an existing file, not even a link', async () => {
    const victim = join(folder, 'victim.txt');
    await writeFile(victim, 'a letter');

    for (const way of ['link', 'copy'] as const) {
      await rm(to, { force: true });
      await symlink(victim, to);
      await expect(createFilePlacer([way]).place(from, to)).rejects.toThrow('EEXIST');
    }

    expect(await readFile(victim, 'utf8')).toBe('a letter');
  });

  test("throws the disk's error, and leaves no partial file", async () => {
    await expect(createFilePlacer().place(join(folder, 'gone.png'), to)).rejects.toThrow('ENOENT');
    await expect(stat(to)).rejects.toThrow('ENOENT');
  });
});
