import { describe, expect, test } from 'vitest';
import { beyond, dayReached, periodAround, usualSpend } from '../../../shared/domain/money/forecast.ts';
import fc from '../../support/property.ts';

describe('a forecast', () => {
  test.each([
    ['day', '2026-11-28', '2026-11-28', '2026-11-28'],
    ['month', '2026-02-28', '2026-02-01', '2026-02-28'],
    ['quarter', '2026-11-28', '2026-10-01', '2026-12-31'],
    ['quarter', '2026-01-01', '2026-01-01', '2026-03-31'],
  ] as const)('of the %s of %s is from %s to %s', (period, day, from, to) => {
    expect(periodAround(period, day)).toEqual({ from, to });
  });

  test('expects the usual spending, and is certain if every day was the same', () => {
    expect(usualSpend([5, 5, 5, 5, 5, 5, 5, 5], 3)).toEqual({
      lowMicro: 15,
      expectedMicro: 15,
      highMicro: 15,
    });
    expect(usualSpend([], 3)).toEqual({ lowMicro: 0, expectedMicro: 0, highMicro: 0 });
  });

  test('is never below nothing, and low is never above expected, nor expected above high', () => {
    const daily = fc.array(fc.nat(1e9), { maxLength: 40 });
    fc.assert(
      fc.property(daily, fc.double({ min: 0, max: 92, noNaN: true }), (micro, days) => {
        const { lowMicro, expectedMicro, highMicro } = usualSpend(micro, days);

        expect(lowMicro).toBeGreaterThanOrEqual(0);
        expect(lowMicro).toBeLessThanOrEqual(expectedMicro);
        expect(expectedMicro).toBeLessThanOrEqual(highMicro);
      }),
    );
  });

  test('counts queued work once, and adds the rest of the usual spending', () => {
    const usual = { lowMicro: 50, expectedMicro: 100, highMicro: 150 };
    const queued = { lowMicro: 50, expectedMicro: 60, highMicro: 90 };

    expect(beyond(usual, queued)).toEqual({ lowMicro: 0, expectedMicro: 40, highMicro: 90 });
  });
});

describe('a budget is reached', () => {
  const noon = Date.parse('2026-11-28T12:00:00Z');
  const at = (left: number, queuedMicro: number, dailyMicro: number, last = '2026-11-30') =>
    dayReached(left, { queuedMicro, dailyMicro }, noon, last);

  test('today if queued work exceeds what is left', () => expect(at(100, 100, 1)).toBe('2026-11-28'));
  test('on the day that continued spending reaches it', () => expect(at(100, 40, 40)).toBe('2026-11-30'));
  test('not within its period', () => expect(at(100, 0, 40, '2026-11-28')).toBeNull());
  test('never without spending', () => expect(at(100, 0, 0)).toBeNull());
});
