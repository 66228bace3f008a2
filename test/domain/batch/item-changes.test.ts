import { expect, test } from 'vitest';
import { changedColumns } from '../../../shared/domain/batch/item-changes.ts';
import { uploadKey, uploadName } from '../../../shared/domain/item/object-keys.ts';
import { specOf } from '../../support/specimens.ts';

test("changes of an item are named by the file's columns", () => {
  const before = specOf(1, { references: ['ab'] });
  const settings = { ...before.settings, aspectRatio: '1:1', maxTokens: 4096 };

  expect(changedColumns(before, specOf(7, { references: ['ab'], tags: { a: 'b' } }))).toEqual([]);
  expect(changedColumns(before, { ...before, prompt: 'an owl', settings, references: [] })).toEqual([
    'prompt',
    'aspect_ratio',
    'max_tokens',
    'references',
  ]);
});

test.each(['cards.csv', 'my cards (2).TSV', 'Ä-0123456789ab.jsonl', 'x'.repeat(90)])(
  'versions of %s are known by its name',
  (name) => {
    expect(uploadName(uploadKey(name, 'c0ffee123456789'))).toBe(uploadName(name));
  },
);
