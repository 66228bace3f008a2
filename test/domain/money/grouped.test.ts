import { expect, test } from 'vitest';
import { grouped } from '../../../shared/domain/money/grouped.ts';
import fc from '../../support/property.ts';

test('groups have one value for each key, in the order of their keys', () => {
  const keys = fc.integer({ min: 0, max: 3 }).chain((length) => {
    const text = fc.oneof(fc.constantFrom('', 'a', 'ab', '__proto__'), fc.string());
    return fc.array(fc.array(text, { minLength: length, maxLength: length }));
  });
  fc.assert(
    fc.property(keys, (given) => {
      const groups = grouped(() => ({ count: 0 }));
      for (const key of given) groups.at(key).count += 1;

      const counts = new Map<string, number>();
      for (const key of given) counts.set(JSON.stringify(key), (counts.get(JSON.stringify(key)) ?? 0) + 1);
      const found = [...groups.entries()];
      expect(new Map(found.map(([key, { count }]) => [JSON.stringify(key), count]))).toEqual(counts);
      expect(found.map(([key]) => key)).toEqual(found.map(([key]) => key).sort(byTexts));
    }),
  );
});

function byTexts(a: readonly string[], b: readonly string[]): number {
  const at = a.findIndex((text, index) => text !== b[index]);
  return at < 0 ? 0 : (a[at] ?? '') < (b[at] ?? '') ? -1 : 1;
}
