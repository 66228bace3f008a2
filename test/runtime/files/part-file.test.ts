import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { partFile, removeDeadParts } from '../../../shared/runtime/files/part-file.ts';
import { freshFolder } from '../../support/sqlite.ts';

/** Above the highest process id that Linux gives. */
const NOBODY = 4_194_305;

test('removes half-written files of processes that are gone, and no others', async () => {
  const folder = await freshFolder();
  const own = partFile('fox.png');
  for (const name of [
    own,
    `fox.png.${NOBODY}-0123456789ab.part`,
    `mine.${NOBODY}.part`,
    'notes.part',
    'fox.png',
  ]) {
    await writeFile(join(folder, name), '');
  }

  await removeDeadParts(folder);

  expect((await readdir(folder)).toSorted()).toEqual(
    [own, 'fox.png', 'notes.part', `mine.${NOBODY}.part`].toSorted(),
  );
});
