import { describe, expect, test } from 'vitest';
import { type Content, contentHash } from '../../../shared/domain/item/content.ts';
import { createContentCount } from '../../../shared/domain/item/content-count.ts';
import fc from '../../support/property.ts';
import { MODEL } from '../../support/specimens.ts';

const FOX: Content = {
  prompt: 'a fox',
  settings: { model: MODEL },
  profile: { sendAs: MODEL, dialect: 'none' },
  references: [],
  occurrence: 1,
};

describe('a content', () => {
  test('has the same name in every version of pressrun: this one is never to change', () => {
    expect(contentHash(FOX)).toBe('a9ac779a121d3812aa192e8a04a46fd14e90c107a6b9d1e40d2796943b1f8393');
  });

  const others: Partial<Content>[] = [
    { prompt: 'a fox ' },
    { profile: { sendAs: 'another', dialect: 'none' } },
    { profile: { sendAs: MODEL, dialect: 'google' } },
    { settings: { model: MODEL, aspectRatio: '1:1' } },
    { settings: { model: MODEL, imageSize: '1K' } },
    { settings: { model: MODEL, temperature: 1 } },
    { settings: { model: MODEL, topP: 1 } },
    { settings: { model: MODEL, maxTokens: 8192 } },
    { settings: { model: MODEL, system: 'be bold' } },
    { references: ['a'.repeat(64)] },
    { references: ['b'.repeat(64), 'a'.repeat(64)] },
    { references: ['a'.repeat(64), 'b'.repeat(64)] },
    { occurrence: 2 },
    { messages: [{ role: 'user', content: ['a fox'] }] },
    { messages: [{ role: 'assistant', content: ['a fox'] }] },
    { messages: [{ role: 'user', content: ['a fox', 0] }] },
    { messages: [{ role: 'user', content: [0, 'a fox'] }] },
  ];

  test('differs if any part of the request differs', () => {
    const names = [FOX, ...others.map((other) => ({ ...FOX, ...other }))].map(contentHash);

    expect(new Set(names).size).toBe(names.length);
  });

  test('is the same under two names of one model', () => {
    expect(contentHash({ ...FOX, settings: { model: 'my-flash' } })).toBe(contentHash(FOX));
  });
});

describe('images of one content in a file', () => {
  const prompts = fc.array(fc.constantFrom<string>('a', 'b', 'c'), { maxLength: 20 });
  const namesOf = (file: readonly string[]) => {
    const count = createContentCount();
    return file.map((prompt) => contentHash({ ...FOX, prompt, occurrence: count.next({ ...FOX, prompt }) }));
  };

  test('are contents of their own, each', () => {
    fc.assert(
      fc.property(prompts, (file) => {
        expect(new Set(namesOf(file)).size).toBe(file.length);
      }),
    );
  });

  test('are the same in any order of rows, and one row more is one content more', () => {
    fc.assert(
      fc.property(prompts, fc.nat(20), fc.constantFrom('a', 'b', 'z'), (file, at, more) => {
        const before = namesOf(file);
        const moved = namesOf(file.toReversed());
        const after = namesOf(file.toSpliced(at, 0, more));

        expect(moved.toSorted()).toEqual(before.toSorted());
        expect(after.filter((name) => !before.includes(name))).toHaveLength(1);
      }),
    );
  });

  test('are numbered as they come, however many there are', () => {
    const count = createContentCount();
    const next = (prompt: number) => count.next({ ...FOX, prompt: String(prompt) });

    const first = Array.from({ length: 5_000 }, (_, row) => next(row % 4_000));
    const again = Array.from({ length: 4_000 }, (_, row) => next(row));

    expect(first).toEqual(Array.from({ length: 5_000 }, (_, row) => (row < 4_000 ? 1 : 2)));
    expect(again).toEqual(Array.from({ length: 4_000 }, (_, row) => (row < 1_000 ? 3 : 2)));
  });

  test('that are too many to remember are all taken for the first', () => {
    const count = createContentCount(1);

    expect(['a', 'b', 'b', 'a'].map((prompt) => count.next({ ...FOX, prompt }))).toEqual([1, 1, 1, 2]);
  });
});
