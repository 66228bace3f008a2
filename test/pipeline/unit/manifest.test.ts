import { expect, test } from 'vitest';
import { batchFileKey } from '../../../shared/domain/item/object-keys.ts';
import { writeRejected } from '../../../shared/pipeline/finish/manifest.ts';
import { rejectedToRow } from '../../../shared/pipeline/rows/rejected-row.ts';
import { memoryStore } from '../../simulation/memory/memory-store.ts';
import { memoryTable } from '../../simulation/memory/memory-table.ts';
import { collect } from '../../support/collect.ts';
import { BATCH } from '../../support/specimens.ts';

test('the rejected rows of a batch become a file, a line each', async () => {
  const [table, store] = [memoryTable(), memoryStore(Date)];
  const lines = [2, 11].map((row) => ({
    row,
    line: row + 1,
    column: 'prompt',
    reason: `=empty, row ${row}`,
  }));
  await table.write(lines.map((line) => ({ kind: 'put', row: rejectedToRow(BATCH, line) })));

  await writeRejected({ table, store }, BATCH);

  const written = await store.get(batchFileKey(BATCH, 'rejected.csv'));
  const chunks = written === undefined ? [] : await collect(written.body);
  expect(Buffer.concat(chunks).toString().trim().split('\n').slice(1)).toEqual([
    `3,2,prompt,"'=empty, row 2"`,
    `12,11,prompt,"'=empty, row 11"`,
  ]);
});

test('a table that fails while a file is written from it fails the writing, and not the whole process', async () => {
  const table = {
    ...memoryTable(),
    query: async function* () {
      yield await Promise.reject(new Error('the table cannot be read'));
    },
  };

  const written = writeRejected({ table, store: memoryStore(Date) }, BATCH);

  await expect(written).rejects.toThrow('the table cannot be read');
});
