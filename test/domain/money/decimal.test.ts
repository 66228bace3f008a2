import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decimalOfNumber,
  decimalOfUnits,
  decimalText,
  dollarsOf,
  plus,
  unitsOfQuotient,
} from '../../../shared/domain/money/decimal.ts';

describe('an exact decimal', () => {
  test.each([
    [0.6187, '0.6187'],
    [1e-7, '0.0000001'],
    [1e21, '1000000000000000000000'],
    [-0.05, '-0.05'],
    [0, '0'],
  ])('of %d is what is written: %s', (value, text) => {
    expect(decimalText(decimalOfNumber(value))).toBe(text);
  });

  test('of credits at a rate has every digit of both', () => {
    expect(decimalText(dollarsOf(68_714_500, 0.001))).toBe('0.0687145');
    expect(decimalText(dollarsOf(1, 0.00125))).toBe('0.00000000125');
    expect(decimalText(plus(decimalOfNumber(0.1), decimalOfNumber(0.2)))).toBe('0.3');
  });

  test('divided gives whole units, down or to the nearest, and dollars become the credits that they came from', () => {
    expect(unitsOfQuotient(decimalOfNumber(1), decimalOfNumber(0.6187), 6, 'down')).toBe(1_616_292);
    expect(unitsOfQuotient(decimalOfNumber(1), decimalOfNumber(0.6187), 6)).toBe(1_616_292);
    expect(unitsOfQuotient(decimalOfNumber(2), decimalOfNumber(3), 0)).toBe(1);
    expect(unitsOfQuotient(decimalOfNumber(-2), decimalOfNumber(3), 0, 'down')).toBe(-1);
    const rates = fc.integer({ min: 1, max: 99_999 }).map((rate) => rate / 100_000);
    fc.assert(
      fc.property(fc.integer({ min: -1e14, max: 1e14 }), rates, (micro, rate) => {
        expect(unitsOfQuotient(dollarsOf(micro, rate), decimalOfNumber(rate), 6)).toBe(micro);
        expect(unitsOfQuotient(decimalOfUnits(micro, 6), decimalOfNumber(1), 6)).toBe(micro);
      }),
    );
  });
});
