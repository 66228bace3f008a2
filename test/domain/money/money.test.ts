import { describe, expect, test } from 'vitest';
import {
  costMicro,
  formatCredits,
  MoneyError,
  parseCredits,
  sumMicro,
} from '../../../shared/domain/money/money.ts';
import fc from '../../support/property.ts';

const micro = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });

describe('amounts of money', () => {
  test('are exact, or refused', () => {
    expect(costMicro(1120, 240_000)).toBe(268_800_000);
    expect(sumMicro(1, 2, 3)).toBe(6);
    expect(sumMicro()).toBe(0);
    for (const bad of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
      expect(() => costMicro(bad, 1)).toThrow(MoneyError);
      expect(() => sumMicro(1, bad)).toThrow(MoneyError);
    }
    expect(() => costMicro(2 ** 52, 3)).toThrow(MoneyError);
    expect(() => sumMicro(Number.MAX_SAFE_INTEGER, 1)).toThrow(MoneyError);
  });

  test.each([
    [0, '0'],
    [275_204_000, '275.204'],
    [1, '0.000001'],
    [-1, '-0.000001'],
    [-1_500_000, '-1.5'],
    [67_200_000, '67.2'],
    [12_000_000, '12'],
  ])('%d µcr are shown as %s credits', (amount, text) => {
    expect(formatCredits(amount)).toBe(text);
  });

  test.each([['-1'], ['1,5'], ['1.0000001'], ['1e3'], [''], ['.5'], ['1234567890']])(
    '%j is no number of credits',
    (text) => {
      expect(parseCredits(text)).toBeUndefined();
    },
  );

  test('that are shown can be read back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_999_999_999_999 }), (amount) => {
        expect(parseCredits(formatCredits(amount))).toBe(amount);
      }),
    );
  });

  test('add up the same in any order, if they add up at all', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 2 ** 40 })), (amounts) => {
        expect(sumMicro(...amounts)).toBe(sumMicro(...amounts.toReversed()));
      }),
    );
    fc.assert(fc.property(micro, (amount) => sumMicro(amount, 0) === amount));
  });
});
