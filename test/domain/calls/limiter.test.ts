import { describe, expect, test } from 'vitest';
import {
  callsBetween,
  type Limiter,
  reserve,
  UNLIMITED,
  withPinnedRate,
} from '../../../shared/domain/calls/limiter.ts';
import { afterThrottling } from '../../../shared/domain/calls/limiter-learning.ts';
import { NOON_MS } from '../../support/test-clock.ts';
import { seeded } from '../../support/virtual-fleet.ts';

const MINUTE_MS = 60_000;

describe('whatever a provider answers', () => {
  test.each(Array.from({ length: 20 }, (_, seed) => seed))('in history %i', (seed) => {
    const random = seeded(seed + 1);
    let limiter: Limiter = UNLIMITED;
    let nowMs = NOON_MS;
    let lastMs = 0;
    let askedUntilMs = 0;

    for (let step = 0; step < 400; step++) {
      nowMs += Math.floor(random() * 5_000);
      const reserved = reserve(limiter, nowMs, nowMs + 3_000, 1 + Math.floor(random() * 8));
      limiter = reserved.limiter;
      for (const slotMs of reserved.slots) {
        expect(slotMs, 'no start time is in the past').toBeGreaterThanOrEqual(nowMs);
        expect(slotMs, 'none is before what the provider asked for').toBeGreaterThanOrEqual(askedUntilMs);
        expect(slotMs, 'each is after the one before').toBeGreaterThanOrEqual(Math.min(lastMs, nowMs));
        lastMs = slotMs;
      }
      if (random() < 0.2) {
        const retryAfterMs = Math.floor(random() * 20_000);
        limiter = afterThrottling(limiter, { kind: 'refused', sentAtMs: nowMs, atMs: nowMs, retryAfterMs });
        askedUntilMs = Math.max(askedUntilMs, nowMs + retryAfterMs);
        lastMs = 0;
      }
      if (random() < 0.05)
        limiter = afterThrottling(limiter, { kind: 'overloaded', sentAtMs: nowMs, atMs: nowMs });
      expect(limiter.rate ?? 1, 'a rate never comes to nothing').toBeGreaterThanOrEqual(0.97);
      expect(limiter.probeAllowance).toBeLessThanOrEqual(20);
      expect(Object.keys(limiter.taken).length, 'a row of the table stays small').toBeLessThanOrEqual(75);
    }
  });
});

describe('a refusal', () => {
  test('of a call sent before the last cut changes no rate, but its wait applies', () => {
    const once = refusedAt(UNLIMITED, NOON_MS, 1_000);

    const twice = afterThrottling(once, {
      kind: 'refused',
      sentAtMs: NOON_MS - 1,
      atMs: NOON_MS + 50,
      retryAfterMs: 9_000,
    });

    expect(twice.rate).toBe(once.rate);
    expect(twice.notBeforeMs).toBeGreaterThanOrEqual(NOON_MS + 9_050);
  });

  test("with a long wait reveals a window's size: the calls still in it when it opens", () => {
    let limiter = UNLIMITED;
    for (let call = 0; call < 30; call++)
      limiter = reserve(limiter, NOON_MS + call * 1_000, NOON_MS + call * 1_000, 1).limiter;

    limiter = refusedAt(limiter, NOON_MS + 30_000, 40_000);

    expect(limiter.limit).toBe(callsBetween(limiter, NOON_MS + 10_000, NOON_MS + 30_000));
    expect(limiter.isWindow).toBe(true);
  });

  test('teaches a pinned rate nothing', () => {
    const limiter = withPinnedRate(refusedAt(withPinnedRate(UNLIMITED, 60), NOON_MS, 5_000), 60);

    expect(limiter).toMatchObject({ rate: 60, limit: 60 });
    expect(reserve(limiter, NOON_MS, NOON_MS + MINUTE_MS, 1).slots[0]).toBeGreaterThanOrEqual(
      NOON_MS + 5_000,
    );
  });
});

test('a rate does not grow while no call waits for it', () => {
  let limiter: Limiter = { ...refusedAt(UNLIMITED, NOON_MS, 0), probeAtMs: 0 };
  const { rate } = limiter;

  for (let call = 1; call < 50; call++) {
    const atMs = NOON_MS + call * MINUTE_MS;
    limiter = reserve({ ...limiter, isSlack: true }, atMs, atMs, 1).limiter;
  }

  expect(limiter.rate).toBe(rate);
});

function refusedAt(limiter: Limiter, atMs: number, retryAfterMs: number): Limiter {
  return afterThrottling(limiter, { kind: 'refused', sentAtMs: atMs, atMs, retryAfterMs });
}
