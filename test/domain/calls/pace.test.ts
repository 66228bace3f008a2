import { describe, expect, test } from 'vitest';
import { NO_PACE, type Pace, pinned, reserve, takenBetween } from '../../../shared/domain/calls/pace.ts';
import { setBack } from '../../../shared/domain/calls/pace-learning.ts';
import { NOON_MS } from '../../support/test-clock.ts';
import { seeded } from '../../support/virtual-fleet.ts';

const MINUTE_MS = 60_000;

describe('whatever a provider answers', () => {
  test.each(Array.from({ length: 20 }, (_, seed) => seed))('in history %i', (seed) => {
    const random = seeded(seed + 1);
    let pace: Pace = NO_PACE;
    let nowMs = NOON_MS;
    let lastMs = 0;
    let askedUntilMs = 0;

    for (let step = 0; step < 400; step++) {
      nowMs += Math.floor(random() * 5_000);
      const reserved = reserve(pace, nowMs, nowMs + 3_000, 1 + Math.floor(random() * 8));
      pace = reserved.pace;
      for (const slotMs of reserved.slots) {
        expect(slotMs, 'no start time is in the past').toBeGreaterThanOrEqual(nowMs);
        expect(slotMs, 'none is before what the provider asked for').toBeGreaterThanOrEqual(askedUntilMs);
        expect(slotMs, 'each is after the one before').toBeGreaterThanOrEqual(Math.min(lastMs, nowMs));
        lastMs = slotMs;
      }
      if (random() < 0.2) {
        const retryAfterMs = Math.floor(random() * 20_000);
        pace = setBack(pace, { kind: 'refused', sentAtMs: nowMs, atMs: nowMs, retryAfterMs });
        askedUntilMs = Math.max(askedUntilMs, nowMs + retryAfterMs);
        lastMs = 0;
      }
      if (random() < 0.05) pace = setBack(pace, { kind: 'overloaded', sentAtMs: nowMs, atMs: nowMs });
      expect(pace.rate ?? 1, 'a rate never comes to nothing').toBeGreaterThanOrEqual(0.97);
      expect(pace.purse).toBeLessThanOrEqual(20);
      expect(Object.keys(pace.taken).length, 'a row of the table stays small').toBeLessThanOrEqual(75);
    }
  });
});

describe('a refusal', () => {
  test('of a call that was sent before the last cut is old news, but what it asks to wait is waited', () => {
    const once = refusedAt(NO_PACE, NOON_MS, 1_000);

    const twice = setBack(once, {
      kind: 'refused',
      sentAtMs: NOON_MS - 1,
      atMs: NOON_MS + 50,
      retryAfterMs: 9_000,
    });

    expect(twice.rate).toBe(once.rate);
    expect(twice.notBeforeMs).toBeGreaterThanOrEqual(NOON_MS + 9_050);
  });

  test('with a long wait tells what a window holds: the calls that are still in it when it opens', () => {
    let pace = NO_PACE;
    for (let call = 0; call < 30; call++)
      pace = reserve(pace, NOON_MS + call * 1_000, NOON_MS + call * 1_000, 1).pace;

    pace = refusedAt(pace, NOON_MS + 30_000, 40_000);

    expect(pace.limit).toBe(takenBetween(pace, NOON_MS + 10_000, NOON_MS + 30_000));
    expect(pace.isWindow).toBe(true);
  });

  test('teaches a pinned rate nothing', () => {
    const pace = pinned(refusedAt(pinned(NO_PACE, 60), NOON_MS, 5_000), 60);

    expect(pace).toMatchObject({ rate: 60, limit: 60 });
    expect(reserve(pace, NOON_MS, NOON_MS + MINUTE_MS, 1).slots[0]).toBeGreaterThanOrEqual(NOON_MS + 5_000);
  });
});

test('a rate does not grow while nobody waits for it', () => {
  let pace: Pace = { ...refusedAt(NO_PACE, NOON_MS, 0), probeAtMs: 0 };
  const { rate } = pace;

  for (let call = 1; call < 50; call++) {
    const atMs = NOON_MS + call * MINUTE_MS;
    pace = reserve({ ...pace, isSlack: true }, atMs, atMs, 1).pace;
  }

  expect(pace.rate).toBe(rate);
});

function refusedAt(pace: Pace, atMs: number, retryAfterMs: number): Pace {
  return setBack(pace, { kind: 'refused', sentAtMs: atMs, atMs, retryAfterMs });
}
