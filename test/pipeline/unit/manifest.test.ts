import { expect, test } from 'vitest';
import { writeRejected } from '../../../shared/pipeline/finish/manifest.ts';
import { memoryStore } from '../../simulation/memory/memory-store.ts';
import { memoryTable } from '../../simulation/memory/memory-table.ts';
import { BATCH } from '../../support/specimens.ts';

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
