import { expect, test } from 'vitest';
import { parseAttemptId, parseBatchId } from '../../../shared/domain/ids.ts';
import {
  batchFileKey,
  batchIdOf,
  extraKey,
  imageKey,
  quarantineKey,
  uploadKey,
} from '../../../shared/domain/item/object-keys.ts';
import fc from '../../support/property.ts';

const batch = batchIdOf('uploads/postcards.csv', 'v1');

test('images, extras, answers and reports of a batch have their places', () => {
  const attempt = parseAttemptId('attempt-0001');
  if (attempt === undefined) throw new Error('not an attempt id');

  expect(imageKey(batch, '0001-fox', 'image/jpeg')).toBe(`images/${batch}/0001-fox.jpg`);
  expect(extraKey(batch, '0001-fox', 2, 'image/webp')).toBe(`images/${batch}/extras/0001-fox-2.webp`);
  expect(quarantineKey(batch, attempt)).toBe(`quarantine/${batch}/attempt-0001`);
  expect(batchFileKey(batch, 'rejected.csv')).toBe(`batches/${batch}/rejected.csv`);
});

test('an extra image never takes the key of an item', () => {
  expect(extraKey(batch, 'fox', 2, 'image/png')).not.toBe(imageKey(batch, 'fox-2', 'image/png'));
});

test('the same upload is the same batch, another version is another', () => {
  expect(batch).toMatch(/^postcards-[0-9a-f]{10}$/);
  expect(batchIdOf('uploads/postcards.csv', 'v1')).toBe(batch);
  expect(batchIdOf('uploads/postcards.csv', 'v2')).not.toBe(batch);
});

test('any key makes a valid batch id', () => {
  expect(batchIdOf('uploads/Größe & Maß.CSV', '1')).toMatch(/^gro-e-ma-[0-9a-f]{10}$/);
  expect(batchIdOf('uploads/한국.csv', '1')).toMatch(/^batch-/);
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), (key, version) => {
      const id = batchIdOf(key, version);

      expect(parseBatchId(id)).toBe(id);
      expect(id.length).toBeLessThanOrEqual(71);
    }),
  );
});

test('an upload’s key has name and content hash, and nothing of the path', () => {
  const hash = 'ABCDEF0123456789'.repeat(4);

  expect(uploadKey('/home/me/My prompts.CSV', hash)).toBe('uploads/My-prompts-abcdef012345.csv');
  expect(uploadKey('..\\..\\x.jsonl', hash)).toBe('uploads/x-abcdef012345.jsonl');
  expect(uploadKey('🎉', hash)).toBe('uploads/prompts-abcdef012345.txt');
});
