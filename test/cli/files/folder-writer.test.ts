import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type FolderWriter, openFolder } from '../../../cli/files/folder-writer.ts';
import { freshFolder } from '../../support/sqlite.ts';

interface Place {
  readonly out: string;
  readonly said: string[];
  open(input?: string): Promise<FolderWriter>;
}

async function freshPlace(): Promise<Place> {
  const folder = await freshFolder();
  const said: string[] = [];
  const out = join(folder, 'out');
  await mkdir(out);
  const use = { stage: join(folder, 'stage'), say: (line: string) => said.push(line) };
  return { out, said, open: (input) => openFolder(out, { ...use, input }) };
}

function write(writer: FolderWriter, name: string, text: string): Promise<void> {
  return writer.write(name, (part) => writeFile(part, text, { flag: 'wx' }));
}

describe('a folder that pressrun writes to', () => {
  test("keeps files that pressrun didn't write, saves its own beside them, and says so once", async () => {
    const { out, said, open } = await freshPlace();
    await writeFile(join(out, 'fox.png'), 'a photo of mine');

    const writer = await open();
    await write(writer, 'fox.png', 'an image');
    await write(writer, 'fox.png', 'a later image');

    expect(await readFile(join(out, 'fox.png'), 'utf8')).toBe('a photo of mine');
    expect(await readFile(join(out, 'fox (2).png'), 'utf8')).toBe('a later image');
    expect(writer.nameOf('fox.png')).toBe('fox (2).png');
    expect(said).toEqual([
      expect.stringContaining("fox.png, which pressrun didn't write; wrote fox (2).png"),
    ]);
  });

  test('replaces files of an earlier run, and leaves nothing beside them', async () => {
    const { out, said, open } = await freshPlace();

    await write(await open(), 'manifest.csv', 'first');
    await write(await open(), 'manifest.csv', 'second');

    expect(await readFile(join(out, 'manifest.csv'), 'utf8')).toBe('second');
    expect(await readdir(out)).toEqual(['manifest.csv']);
    expect(said).toEqual([]);
  });

  test('keeps files of an earlier run that you edited', async () => {
    const { out, open } = await freshPlace();
    await write(await open(), 'manifest.csv', 'first');
    await writeFile(join(out, 'manifest.csv'), 'edited');

    await write(await open(), 'manifest.csv', 'second');

    expect(await readFile(join(out, 'manifest.csv'), 'utf8')).toBe('edited');
    expect(await readFile(join(out, 'manifest (2).csv'), 'utf8')).toBe('second');
  });

  test('keeps the file that is being read, although pressrun wrote it', async () => {
    const { out, open } = await freshPlace();
    await write(await open(), 'manifest.csv', 'first');

    await write(await open(join(out, '..', 'out', 'manifest.csv')), 'manifest.csv', 'second');

    expect(await readFile(join(out, 'manifest.csv'), 'utf8')).toBe('first');
  });

  test('leaves a file with the same content unchanged', async () => {
    const { out, said, open } = await freshPlace();
    await writeFile(join(out, 'fox.png'), 'an image');

    await write(await open(), 'fox.png', 'an image');

    expect(await readdir(out)).toEqual(['fox.png']);
    expect(said).toEqual([]);
  });

  test.each(['fox.png', 'extras'])('follows no link that has the name %s', async (name) => {
    const { out, open } = await freshPlace();
    const outside = join(out, '..', 'outside');
    await mkdir(outside);
    await writeFile(join(outside, 'fox.png'), 'a photo of mine');
    await symlink(name === 'extras' ? outside : join(outside, 'fox.png'), join(out, name));

    const writer = await open();
    const outcome = await write(writer, name === 'extras' ? 'extras/fox.png' : name, 'an image').catch(
      String,
    );

    expect(await readFile(join(outside, 'fox.png'), 'utf8')).toBe('a photo of mine');
    expect(await readdir(outside)).toEqual(['fox.png']);
    if (name === 'extras') expect(outcome).toMatch(/extras: is a link, and pressrun follows none here/);
    else expect(await readFile(join(out, 'fox (2).png'), 'utf8')).toBe('an image');
  });

  test('writes to part files with unpredictable names', async () => {
    const { open } = await freshPlace();
    const parts: string[] = [];

    const writer = await open();
    for (let nth = 0; nth < 2; nth += 1) {
      await writer.write('fox.png', (part) => {
        parts.push(part);
        return writeFile(part, 'an image', { flag: 'wx' });
      });
    }

    expect(new Set(parts).size).toBe(2);
  });
});
