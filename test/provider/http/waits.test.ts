import { describe, expect, test } from 'vitest';
import {
  LONGEST_WAIT_MS,
  parseDurationMs,
  parseWaitMs,
  waitInMessageMs,
} from '../../../shared/provider/http/duration.ts';
import { explicitWaitMs, resetWaitMs } from '../../../shared/provider/http/retry-after.ts';
import fc from '../../support/property.ts';

const NOW_MS = Date.parse('2026-11-28T15:00:00Z');
const EPOCH_S = NOW_MS / 1_000;

describe('a duration', () => {
  test.each([
    ['57.2s', 57_200],
    ['200ms', 200],
    ['1h16m0.6s', 4_560_600],
    ['18h21m3s', 66_063_000],
    ['6m0s', 360_000],
    ['2d', 172_800_000],
    ['9 seconds', 9_000],
    ['2 hours and 5 minutes', 7_500_000],
    ['1 min', 60_000],
    ['PT1M30S', 90_000],
    ['P1D', 86_400_000],
    [{ seconds: '12', nanos: 500_000_000 }, 12_500],
    ['', undefined],
    ['soon', undefined],
    ['P', undefined],
    ['-5s', undefined],
    ['5 apples', undefined],
    [null, undefined],
  ])('reads %o', (value, expected) => {
    expect(parseDurationMs(value)).toBe(expected);
  });
});

describe('a wait', () => {
  test.each([
    ['30', 30_000],
    ['1.5', 1_500],
    [9, 9_000],
    ['0', 0],
    ['9s', 9_000],
    ['500ms', 500],
    ['6m0s', 360_000],
    ['-1', undefined],
    ['never', undefined],
    ['Sat, 28 Nov 2026 15:01:00 GMT', 60_000],
    ['Saturday, 28-Nov-26 15:01:00 GMT', 60_000],
    ['Sat Nov 28 15:01:00 2026 GMT', 60_000],
    ['Sat, 28 Nov 2026 14:00:00 GMT', 0],
    ['2026-11-28T15:00:09Z', 9_000],
    [EPOCH_S + 9, 9_000],
    [String(EPOCH_S + 9), 9_000],
    [`${EPOCH_S + 9}.25`, 9_250],
    [NOW_MS + 9_000, 9_000],
    [(NOW_MS + 9_000) * 1_000, 9_000],
    [EPOCH_S - 100, 0],
    ['999999999', LONGEST_WAIT_MS],
  ])('of a header reads %s', (value, expected) => {
    expect(parseWaitMs(value, NOW_MS)).toBe(expected);
  });

  test.each([
    ['Please retry in 12.3s.', 12_300],
    ['Rate limit reached. Try again in 1h16m0.6s', 4_560_600],
    ['Please try again in 6m0s.', 360_000],
    ['Try again in 20 seconds', 20_000],
    ['retry after 2 minutes', 120_000],
    ['Please wait 2 hours and 5 minutes before you try', 7_500_000],
    ['Your quota will reset after 18h21m3s.', 66_063_000],
    ['The limit resets at 2026-11-28T15:00:30Z', 30_000],
    ['요청이 너무 많습니다. 30초 후에 다시 시도해 주세요.', 30_000],
    ['You asked for 12 images', undefined],
    ['Limit: 3 / min. Try again later.', undefined],
  ])('in words reads: %s', (message, expected) => {
    expect(waitInMessageMs(message, NOW_MS)).toBe(expected);
  });

  // What JSON may hold, and JavaScript cannot turn into a text or a number.
  const odd = { toString: [], valueOf: [] };
  test.each([odd, { seconds: odd }, { seconds: 1, nanos: odd }, [odd]])(
    'is none where there is %j',
    (value) => {
      expect(parseWaitMs(value, NOW_MS)).toBeUndefined();
      expect(
        resetWaitMs(
          [
            ['x-ratelimit-reset', value],
            ['x-ratelimit-remaining', value],
          ],
          NOW_MS,
        ),
      ).toBeUndefined();
      expect(explicitWaitMs([['retry-after', value]], NOW_MS)).toBeUndefined();
    },
  );

  test('is never negative, without bound, or not a number, whatever a server sends', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.double(), fc.nat(), fc.jsonValue()), (value) => {
        for (const waitMs of [
          parseWaitMs(value, NOW_MS),
          waitInMessageMs(`retry in ${JSON.stringify(value)}`, NOW_MS),
        ]) {
          expect(waitMs === undefined || (waitMs >= 0 && waitMs <= LONGEST_WAIT_MS)).toBe(true);
        }
      }),
    );
  });
});

describe('fields that say how long to wait', () => {
  test.each([
    [{ 'retry-after-ms': '9000', 'retry-after': '60' }, 9_000],
    [{ 'x-ms-retry-after-ms': '250' }, 250],
    [{ 'retry-after': '9s' }, 9_000],
    [{ 'retry-after': '12, 12' }, 12_000],
    [{ 'retry-after': '"12"' }, 12_000],
    [{ 'retry-after': '00:00:30' }, 30_000],
    [{ 'retry-after': 'Saturday, 28-Nov-26 15:01:00 GMT' }, 60_000],
    [{ 'retry-after': 'Sat, 28 Nov 2026 15:01:00 GMT' }, 60_000],
    [{ estimated_time: 20 }, 20_000],
    [{ retry_after_seconds: 7 }, 7_000],
    [{ retryAfter: 7 }, 7_000],
    [{ retryDelay: '1.5s' }, 1_500],
    [{ 'retry-after-ms': 'soon', 'retry-after': '3' }, 3_000],
    [{ 'x-ratelimit-reset': '30' }, undefined],
  ])('asked for: %o', (fields, expected) => {
    expect(explicitWaitMs(Object.entries(fields), NOW_MS)).toBe(expected);
  });

  test.each([
    [{ 'X-RateLimit-Remaining': '0', 'X-RateLimit-Reset': String(NOW_MS + 9_000) }, 9_000],
    [{ 'x-ratelimit-reset': String(EPOCH_S + 9) }, 9_000],
    [{ 'x-ratelimit-reset-requests': '1s', 'x-ratelimit-reset-tokens': '6m0s' }, 1_000],
    [
      {
        'x-ratelimit-reset-requests': '1s',
        'x-ratelimit-remaining-requests': '5',
        'x-ratelimit-reset-tokens': '6m0s',
        'x-ratelimit-remaining-tokens': '0',
      },
      360_000,
    ],
    [
      {
        'anthropic-ratelimit-requests-reset': '2026-11-28T15:00:12Z',
        'anthropic-ratelimit-requests-remaining': '0',
      },
      12_000,
    ],
    [{ ratelimit: 'limit=100, remaining=0, reset=50' }, 50_000],
    [{ ratelimit: '"burst";r=3;t=1, "daily";r=0;t=500' }, 500_000],
    [{ 'ratelimit-reset': '12', 'ratelimit-remaining': '0' }, 12_000],
    [{ 'x-ratelimit-remaining': '7', 'x-ratelimit-reset': '30' }, undefined],
    [{ quotaResetDelay: '18h21m3s' }, 66_063_000],
    [{}, undefined],
  ])('of limits: %o', (fields, expected) => {
    expect(resetWaitMs(Object.entries(fields), NOW_MS)).toBe(expected);
  });
});
