import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { caseFoldedName } from '../../../shared/domain/item/file-name.ts';
import { itemsIn, workOff } from '../../support/work.ts';
import { submit, useWorlds } from '../../support/world.ts';

const freshWorld = useWorlds();

describe('duplicate ids and names in a file', () => {
  test('a repeated id is a rejected line; a repeated name, in whatever case, is made under a name of its own', async () => {
    const world = await freshWorld();
    const batch = await submit(
      world,
      ['id,name,prompt', 'a,Fox,one', 'a,Other,two', 'b,fox,three', 'c,FOX,four', 'd,Ｆox.png,five', ''].join(
        '\n',
      ),
    );
    await workOff(world, batch);

    const items = await itemsIn(world.effects, batch);
    const keys = items.map(({ state }) => (state.kind === 'done' ? state.image.key : 'none'));
    expect(items.map(({ row, fileName }) => [row, fileName])).toEqual([
      [1, 'Fox'],
      [3, 'fox-row-3'],
      [4, 'FOX-row-4'],
      [5, 'Ｆox'],
    ]);
    expect(new Set(keys.map(caseFoldedName)).size).toBe(4);
    const bytes = await Promise.all(keys.map((key) => readFile(join(world.folder, key), 'latin1')));
    expect(new Set(bytes).size).toBe(4);
    expect(await readFile(join(world.folder, 'batches', batch, 'rejected.csv'), 'utf8')).toMatch(
      /^3,2,id,.*duplicate id "?"a"?"?: an earlier row uses it/m,
    );
  });

  test('are found however far apart their rows are', async () => {
    const world = await freshWorld();
    const between = Array.from({ length: 100 }, (_, index) => `id-${index},,prompt ${index}`);

    const batch = await submit(
      world,
      ['id,name,prompt', 'a,Fox,first', ...between, 'a,,again', 'b,fox,last', ''].join('\n'),
    );

    const items = await itemsIn(world.effects, batch);
    expect(items).toHaveLength(102);
    expect(items.at(-1)).toMatchObject({ row: 103, fileName: 'fox-row-103' });
  });

  test('a name that was given to another row already is not given again', async () => {
    const world = await freshWorld();

    const batch = await submit(
      world,
      ['name,prompt', 'Fox,one', 'fox-row-3,two', 'fox,three', ''].join('\n'),
    );

    const names = (await itemsIn(world.effects, batch)).map(({ fileName }) => caseFoldedName(fileName));
    expect(new Set(names).size).toBe(3);
  });
});
