import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
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
  to = join(folder, 'out', 'image.png');
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

  test('is a copy where no link can be made', async () => {
    await createFilePlacer(['copy']).place(from, to);
    await writeFile(to, 'edited');

    expect(await readFile(from, 'utf8')).toBe('an image');
  });

  test('takes the place of what was there, also of itself', async () => {
    const placer = createFilePlacer(['link', 'copy']);
    await placer.place(from, to);
    const other = join(folder, 'other.png');
    await writeFile(other, 'another image');

    await placer.place(from, to);
    await placer.place(other, to);

    expect(await readFile(to, 'utf8')).toBe('another image');
    expect(await readFile(from, 'utf8')).toBe('an image');
    await expect(stat(`${to}.part`)).rejects.toThrow('ENOENT');
  });

  test('throws what the disk says, and leaves nothing half done', async () => {
    await expect(createFilePlacer().place(join(folder, 'gone.png'), to)).rejects.toThrow('ENOENT');
    await expect(stat(to)).rejects.toThrow('ENOENT');
  });
});
