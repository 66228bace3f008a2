import { describe, expect, test } from 'vitest';
import { ALONE, ONE_OF_MANY } from '../../../shared/pipeline/rate/rate-limiter.ts';
import { startFleet } from '../../support/virtual-fleet.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

describe.each([
  ['one worker on one machine', { workers: 1, slots: 16, pacing: ALONE }],
  ['ten functions', { workers: 10, slots: 3, pacing: ONE_OF_MANY }],
])('an outage of %s', (_, fleetOptions) => {
  test.each([1, 20, 60, 61])(
    'of %i minutes: few probes, and full speed after the one that succeeds',
    async (minutes) => {
      const upMs = MINUTE_MS;
      let startMs: number | undefined;
      const fleet = startFleet({
        ...fleetOptions,
        seed: minutes,
        answer: (nowMs, random) => {
          startMs ??= nowMs;
          const sinceMs = nowMs - startMs - upMs;
          const isDown = sinceMs >= 0 && sinceMs < minutes * MINUTE_MS;
          return isDown
            ? { kind: 'failed', latencyMs: 200 + 100 * random() }
            : { kind: 'succeeded', latencyMs: 2_000 + 1_000 * random() };
        },
      });

      const downMs = fleet.startMs + upMs;
      const endsMs = downMs + minutes * MINUTE_MS;
      await fleet.clock.runUntil(endsMs + 4 * MINUTE_MS);
      fleet.stop();

      const failed = fleet.calls.filter(({ kind }) => kind === 'failed');
      const before = speedAt(fleet.calls, downMs - MINUTE_MS / 2);
      const firstMs =
        fleet.calls.find(({ kind, sentAtMs }) => kind === 'succeeded' && sentAtMs >= endsMs)?.endedAtMs ?? 0;
      const text = `${failed.length} failed calls; noticed after ${(firstMs - endsMs) / 1_000} s`;
      if (process.env.SHOW) process.stderr.write(`${minutes} min: ${text}\n`);
      expect(probes(failed, downMs), text).toBeLessThanOrEqual(5 + Math.ceil(minutes * 0.6));
      expect(firstMs - endsMs, text).toBeLessThanOrEqual(105_000);
      expect(speedAt(fleet.calls, firstMs + MINUTE_MS), text).toBeGreaterThan(0.95 * before);
    },
  );
});

/** Failed calls but for those that were sent before anybody knew. */
function probes(failed: readonly { readonly sentAtMs: number }[], downMs: number): number {
  return failed.filter(({ sentAtMs }) => sentAtMs > downMs + 5_000).length;
}

/** Calls begun in the ten seconds from then on. */
function speedAt(calls: readonly { readonly sentAtMs: number }[], fromMs: number): number {
  return calls.filter(({ sentAtMs }) => sentAtMs >= fromMs && sentAtMs < fromMs + 10_000).length;
}

test('an hour of 503 has at most 40 probes', async () => {
  const fleet = startFleet({
    workers: 10,
    slots: 16,
    pacing: ONE_OF_MANY,
    seed: 1,
    answer: () => ({ kind: 'failed', latencyMs: 200 }),
  });

  await fleet.clock.runUntil(fleet.startMs + HOUR_MS);
  fleet.stop();

  const state = await fleet.state();
  expect(state?.breaker.openSinceMs).toBeDefined();
  expect(state?.breaker.probes).toBeLessThanOrEqual(40);
  expect(fleet.calls.length).toBeLessThanOrEqual(40 + 24);
});

describe('a probe that has not failed by the time failures come', () => {
  const UP_MS = HOUR_MS / 3;
  const outage = (end: (sinceMs: number) => ReturnType<Parameters<typeof startFleet>[0]['answer']>) => {
    const startMs: number[] = [];
    return startFleet({
      workers: 10,
      slots: 3,
      pacing: ONE_OF_MANY,
      seed: 1,
      answer: (nowMs) => {
        startMs.push(nowMs);
        const sinceMs = nowMs - (startMs[0] ?? nowMs);
        return sinceMs < UP_MS ? { kind: 'failed', latencyMs: 300 } : end(sinceMs);
      },
    });
  };

  test('is followed by more calls before its image is there', async () => {
    const fleet = outage(() => ({ kind: 'succeeded', latencyMs: 40_000 }));
    await fleet.clock.runUntil(fleet.startMs + UP_MS + 3 * MINUTE_MS);
    fleet.stop();

    const begun = fleet.calls.filter(({ kind }) => kind === 'succeeded').map(({ sentAtMs }) => sentAtMs);
    const [probedMs = 0] = begun;
    expect(begun.filter((atMs) => atMs < probedMs + 30_000)).toHaveLength(11);
  });

  test('is not, once failures have taken long as well', async () => {
    const fleet = outage(() => ({ kind: 'failed', latencyMs: 60_000 }));
    await fleet.clock.runUntil(fleet.startMs + UP_MS + HOUR_MS);
    fleet.stop();

    const slow = fleet.calls.filter(({ sentAtMs }) => sentAtMs > fleet.startMs + UP_MS);
    expect(slow.length).toBeLessThanOrEqual(36 + 10);
  });
});
