import { describe, expect, test } from 'vitest';
import { DEFAULT_BATCH_OPTIONS } from '../../../shared/domain/batch/batch.ts';
import { modelCatalog } from '../../../shared/domain/calls/models.ts';
import { createRowReader } from '../../../shared/domain/prompt-file/row/row-reader.ts';

describe('a model named by an alias', () => {
  test('makes the same item as its own name does', () => {
    const itemsFor = (model: string) => {
      const read = createRowReader(DEFAULT_BATCH_OPTIONS, modelCatalog());
      const row = read({ row: 1, fields: { prompt: 'a fox', model } });
      if (row.kind === 'rejected') throw new Error(row.reason);
      return [...row.items];
    };

    expect(itemsFor('gemini-3-pro-image')).toEqual(itemsFor('gemini-3-pro-image-preview'));
  });
});
