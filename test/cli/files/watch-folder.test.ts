import { appendFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { expect, type TestContext, test } from 'vitest';
import { createFolderScan } from '../../../cli/files/watch-folder.ts';
import { DEFAULT_MODEL } from '../../../shared/domain/calls/models.ts';
import { UPLOADS_PREFIX } from '../../../shared/domain/item/object-keys.ts';
import { collect } from '../../support/collect.ts';
import { diskStoreIn } from '../../support/disk-store.ts';
import { testWorkplace } from '../provider.ts';

async function dropFolder(context: TestContext) {
  const work = await testWorkplace(context);
  const folder = work.path('uploads');
  await mkdir(folder);
  const store = diskStoreIn(work.path('objects'));
  const said: string[] = [];
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const look = createFolderScan({
    folder,
    effects: { store, log, defaultModel: DEFAULT_MODEL },
    say: (line) => said.push(line),
  });
  const uploads = async () => await collect(store.list(UPLOADS_PREFIX));
  return { folder, look, said, uploads };
}

test('a file that is still being copied is not taken before it has come whole', async (context) => {
  const { folder, look, said, uploads } = await dropFolder(context);

  await writeFile(`${folder}/a.csv`, 'prompt\na fox\n');
  await look();
  await appendFile(`${folder}/a.csv`, 'a heron\n');
  await look();
  const early = await uploads();
  await look();

  expect(early).toEqual([]);
  expect((await uploads()).map(({ bytes }) => bytes)).toEqual(['prompt\na fox\na heron\n'.length]);
  expect(said).toEqual([expect.stringMatching(/uploads\/a\.csv: batch a-[0-9a-f-]+$/)]);
});

test('submits a file once, and again when its content changes; never hidden or unfinished ones', async (context) => {
  const { folder, look, uploads } = await dropFolder(context);
  for (const name of ['a.csv', '.hidden.csv', 'b.csv.part', 'c.csv~']) {
    await writeFile(`${folder}/${name}`, 'prompt\na fox\n');
  }

  for (let nth = 0; nth < 4; nth++) await look();
  const once = await uploads();
  await appendFile(`${folder}/a.csv`, 'a heron\n');
  for (let nth = 0; nth < 3; nth++) await look();

  expect(once).toHaveLength(1);
  expect(await uploads()).toHaveLength(2);
});

test('reports a file without prompts once, and treats a missing folder as empty', async (context) => {
  const { folder, look, said, uploads } = await dropFolder(context);
  await writeFile(`${folder}/a.csv`, 'id,text\n1,a\n');

  for (let nth = 0; nth < 3; nth++) await look();
  await rm(folder, { recursive: true });
  await look();

  expect(said).toEqual([expect.stringContaining('a.csv: not taken: no column "prompt"')]);
  expect(await uploads()).toEqual([]);
});
