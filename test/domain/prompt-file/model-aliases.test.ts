import { describe, expect, test } from 'vitest';
import { DEFAULT_BATCH_OPTIONS } from '../../../shared/domain/batch/batch.ts';
import { modelCatalog } from '../../../shared/domain/calls/models.ts';
import { rowToItems } from '../../../shared/domain/prompt-file/row/row-to-items.ts';

describe('a model named by an alias', () => {
  test('makes the same item as its own name does', () => {
    const itemsFor = (model: string) => {
      const row = rowToItems(
        { row: 1, fields: { prompt: 'a fox', model } },
        DEFAULT_BATCH_OPTIONS,
        modelCatalog(),
      );
      if (row.kind === 'rejected') throw new Error(row.reason);
      return [...row.items];
    };

    expect(itemsFor('gemini-3-pro-image')).toEqual(itemsFor('gemini-3-pro-image-preview'));
  });
});
