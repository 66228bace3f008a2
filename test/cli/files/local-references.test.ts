import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { localReferences } from '../../../cli/files/local-references.ts';
import type { FileRecord } from '../../../shared/domain/prompt-file/format.ts';
import { picture } from '../../provider/fixtures/pictures.ts';
import { freshFolder } from '../../support/sqlite.ts';

let home: string;
let folder: string;

beforeEach(async () => {
  home = await freshFolder();
  folder = join(home, 'client');
  await mkdir(join(folder, 'pictures'), { recursive: true });
  await mkdir(join(home, 'client-2'));
  for (const name of ['client/fox.png', 'client/pictures/fox.png', 'client-2/fox.png', 'private.png']) {
    await writeFile(join(home, name), await picture('png'));
  }
  await symlink(join(home, 'private.png'), join(folder, 'link.png'));
  await symlink(home, join(folder, 'up'));
});

const AT = { row: 1, line: 2, next: { byte: 0, line: 3, row: 2 } };

async function found(reference: string, allowed?: string[]) {
  async function* records(): AsyncIterable<FileRecord> {
    yield { kind: 'row', ...AT, fields: { prompt: 'a', references: reference } };
  }
  const [first] = await localReferences(records(), folder, allowed);
  return first?.kind === 'bad' ? first.problem : first?.kind;
}

describe('a reference image on this machine', () => {
  test.each(['fox.png', './pictures/fox.png', 'pictures/../fox.png', 'up/client/fox.png'])(
    'is read below the folder of its prompt file: %s',
    async (written) => {
      expect(await found(written)).toBe('image');
    },
  );

  test.each([
    ['../private.png'],
    ['pictures/../../private.png'],
    ['../client-2/fox.png'],
    ['link.png'],
    ['up/private.png'],
    ['../there-is-none.png'],
  ])('is never read outside of it: %s', async (written) => {
    expect(await found(written)).toMatch(/outside of the prompt file's folder; .* --allow-references-from/);
  });

  test('is never read by its absolute path, unless its folder is allowed', async () => {
    const path = join(home, 'private.png');

    expect(await found(path)).toMatch(/outside/);
    expect(await found(path, [join(home, 'client-2')])).toMatch(/outside/);
    expect(await found(path, [home])).toBe('image');
    expect(await found(join(folder, 'fox.png'))).toBe('image');
  });

  test.each(['https://example.com/a.png', 'HTTPS://example.com/a.png', 'Https://example.com/a.png'])(
    'is none if it is a link, however it is written: %s',
    async (written) => {
      await mkdir(join(folder, 'HTTPS:', 'example.com'), { recursive: true });
      await writeFile(join(folder, 'HTTPS:', 'example.com', 'a.png'), await picture('png'));

      expect(await found(written)).toBeUndefined();
    },
  );
});
