import { describe, expect, test } from 'vitest';
import { ALONE, ONE_OF_MANY, type RateLimiterOptions } from '../../../shared/pipeline/rate/rate-limiter.ts';
import { type LimitAt, type Limiter, slidingWindow, tokenBucket } from '../../support/rate-limiters.ts';
import { type SeenCall, startFleet, type VirtualFleet } from '../../support/virtual-fleet.ts';

const MINUTE_MS = 60_000;
const PHASE_MS = 10 * MINUTE_MS;
const LIMITS = [60, 20, 120] as const;

const LIMITERS = { 'a token bucket': tokenBucket, 'a sliding window': slidingWindow };
const FLEETS: Readonly<Record<string, { workers: number; slots: number; pacing: RateLimiterOptions }>> = {
  'one worker on one machine': { workers: 1, slots: 40, pacing: ALONE },
  'one function': { workers: 1, slots: 40, pacing: ONE_OF_MANY },
  'ten functions': { workers: 10, slots: 5, pacing: ONE_OF_MANY },
};

describe.each(Object.entries(FLEETS))('%s', (_, fleetOptions) => {
  describe.each(Object.entries(LIMITERS))(
    'finds the limit of %s that is 60, then 20, then 120 a minute',
    (__, limiterOf) => {
      test.each([1, 2])('seed %i', async (seed) => {
        const fleet = startFleet({ ...fleetOptions, seed, answer: answersOf(limiterOf, steps) });

        await fleet.clock.runUntil(fleet.startMs + LIMITS.length * PHASE_MS);
        fleet.stop();

        const perMinute = LIMITS.map((___, phase) => meanPerMinute(fleet, phase));
        const refused = fleet.calls.filter(({ kind }) => kind === 'refused').length;
        const share = refused / fleet.calls.length;
        const text = `${perMinute.map((each) => each.toFixed(1)).join(', ')} a minute; ${refused} of ${fleet.calls.length} refused (${(100 * share).toFixed(2)} %)`;
        LIMITS.forEach((limit, phase) => {
          expect(perMinute[phase], text).toBeGreaterThan(0.9 * limit);
          expect(perMinute[phase], text).toBeLessThan(1.1 * limit);
        });
        expect(share, text).toBeLessThanOrEqual(0.02);
        expect(sentTooSoon(fleet.calls), text).toEqual([]);
      });
    },
  );
});

describe('a provider that refuses some calls by chance, whatever the pace,', () => {
  const SLOTS = FLEETS['one function'] ?? { workers: 1, slots: 40, pacing: ONE_OF_MANY };
  const throughput = async (share: number, waitMs: number, seed = 1) => {
    const fleet = startFleet({ ...SLOTS, seed, answer: refusedByChance(share, waitMs) });
    await fleet.clock.runUntil(fleet.startMs + 3 * PHASE_MS);
    fleet.stop();
    expect(sentTooSoon(fleet.calls)).toEqual([]);
    return meanPerMinute(fleet, 1) + meanPerMinute(fleet, 2);
  };

  test.each([
    [0.01, 1],
    [0.02, 2],
    [0.05, 4],
  ])('%d of them, is soon called as fast as if it did not (seed %i)', async (share, seed) => {
    expect(await throughput(share, 0, seed)).toBeGreaterThan(0.85 * (await throughput(0, 0, seed)));
  });

  test('and asks to wait for ten seconds each time, is called for most of the time that is left', async () => {
    const calls = 1 / 0.02;
    const free = (await throughput(0, 0)) / 2;
    const possible = calls / (calls / free + 10_000 / MINUTE_MS);
    for (const seed of [1, 2, 3]) {
      expect((await throughput(0.02, 10_000, seed)) / 2, `seed ${seed}`).toBeGreaterThan(0.7 * possible);
    }
  });
});

test('a hundred workers write the shared row at most 20 times in any second', async () => {
  const fleet = startFleet({
    workers: 100,
    slots: 8,
    pacing: ONE_OF_MANY,
    seed: 1,
    answer: answersOf(tokenBucket, () => 120),
  });

  await fleet.clock.runUntil(fleet.startMs + 5 * MINUTE_MS);
  fleet.stop();

  const bySecond = Map.groupBy(fleet.writesMs, (atMs) => Math.floor((atMs - fleet.startMs) / 1_000));
  const most = Math.max(...[...bySecond.values()].map((writes) => writes.length));
  const taken = fleet.calls.filter(
    ({ kind, sentAtMs }) => kind === 'succeeded' && sentAtMs > fleet.startMs + MINUTE_MS,
  );
  expect(most, `${fleet.writesMs.length} writes, tried ones included`).toBeLessThanOrEqual(20);
  expect(taken.length / 4, 'calls a minute after the first').toBeGreaterThan(0.8 * 120);
});

describe('without a provider limit', () => {
  test('one worker begins a thousand calls as fast as its slots allow', async () => {
    const fleet = startFleet({
      workers: 1,
      slots: 16,
      pacing: ALONE,
      seed: 1,
      answer: () => ({ kind: 'succeeded', latencyMs: 300 }),
    });

    await fleet.clock.runUntil(fleet.startMs + 30_000, () => fleet.calls.length >= 1_000);
    fleet.stop();

    const tookMs = (fleet.calls[999]?.endedAtMs ?? Number.POSITIVE_INFINITY) - fleet.startMs;
    expect(tookMs).toBeLessThanOrEqual(Math.ceil(1_000 / 16) * 300 + 700);
    expect(fleet.writesMs).toEqual([]);
  });

  test('ten functions have all their slots at work within five seconds', async () => {
    const fleet = startFleet({
      workers: 10,
      slots: 24,
      pacing: ONE_OF_MANY,
      seed: 1,
      answer: () => ({ kind: 'succeeded', latencyMs: 20_000 }),
    });

    await fleet.clock.runUntil(fleet.startMs + 5_000);
    fleet.stop();

    expect(fleet.mostInFlight()).toBe(240);
  });
});

describe('limits that configuration pins', () => {
  test('requests a minute bind the whole fleet, and are not measured again', async () => {
    const fleet = startFleet({
      workers: 5,
      slots: 8,
      pacing: ONE_OF_MANY,
      seed: 1,
      limits: { requestsPerMinute: 30 },
      answer: () => ({ kind: 'succeeded', latencyMs: 5_000 }),
    });

    await fleet.clock.runUntil(fleet.startMs + 11 * MINUTE_MS);
    fleet.stop();

    const perMinute = fleet.calls.filter(({ sentAtMs }) => sentAtMs >= fleet.startMs + MINUTE_MS).length / 10;
    expect(perMinute).toBeGreaterThan(27);
    expect(perMinute).toBeLessThanOrEqual(30.5);
  });

  test('calls in progress are never more in the whole fleet, and never fewer for long', async () => {
    const fleet = startFleet({
      workers: 5,
      slots: 8,
      pacing: ONE_OF_MANY,
      seed: 1,
      limits: { concurrency: 6 },
      answer: () => ({ kind: 'succeeded', latencyMs: 20_000 }),
    });

    await fleet.clock.runUntil(fleet.startMs + 10 * MINUTE_MS);
    fleet.stop();

    expect(fleet.mostInFlight()).toBe(6);
    expect(fleet.calls.length).toBeGreaterThan(0.9 * 6 * 30);
  });
});

function steps(sinceMs: number): number {
  return LIMITS[Math.min(LIMITS.length - 1, Math.floor(sinceMs / PHASE_MS))] ?? 0;
}

function answersOf(limiterOf: (limitAt: LimitAt) => Limiter, limit: LimitAt) {
  let limiter: Limiter | undefined;
  return (nowMs: number, random: () => number) => {
    const startMs = nowMs;
    limiter ??= limiterOf((atMs) => limit(atMs - startMs));
    const retryAfterMs = limiter(nowMs);
    if (retryAfterMs > 0) return { kind: 'refused' as const, retryAfterMs, latencyMs: 50 + 250 * random() };
    return { kind: 'succeeded' as const, latencyMs: 7_000 + 20_000 * random() };
  };
}

function refusedByChance(share: number, retryAfterMs: number) {
  return (_: number, random: () => number) =>
    random() < share
      ? { kind: 'refused' as const, retryAfterMs, latencyMs: 50 + 250 * random() }
      : { kind: 'succeeded' as const, latencyMs: 7_000 + 20_000 * random() };
}

/** Calls taken a minute, from the second minute of a phase to its end. */
function meanPerMinute({ calls, startMs }: VirtualFleet, phase: number): number {
  const fromMs = startMs + phase * PHASE_MS + MINUTE_MS;
  const toMs = startMs + (phase + 1) * PHASE_MS;
  const taken = calls.filter(
    ({ kind, sentAtMs }) => kind === 'succeeded' && sentAtMs >= fromMs && sentAtMs < toMs,
  );
  return (taken.length * MINUTE_MS) / (toMs - fromMs);
}

/** Calls that were sent after a refusal was known, and before what it asked to wait was over. */
function sentTooSoon(calls: readonly SeenCall[]): SeenCall[] {
  const floors = calls.filter(({ kind }) => kind === 'refused');
  return calls.filter(({ sentAtMs }) =>
    floors.some(
      ({ endedAtMs, retryAfterMs = 0 }) => sentAtMs > endedAtMs && sentAtMs < endedAtMs + retryAfterMs,
    ),
  );
}
