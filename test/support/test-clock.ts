import { systemClock } from '../../shared/aws/system-clock.ts';
import type { Clock } from '../../shared/pipeline/ports.ts';

/** Noon, so that a test's hours stay within one day. */
export const NOON_MS = Date.parse('2026-11-21T12:00:00Z');

/** A clock that stands still until a test moves it on; sleepers wake when it passes them. */
export interface TestClock extends Clock {
  advance(ms: number): void;
  /** How many sleep now. */
  sleeping(): number;
}

export function standingClock(startMs = NOON_MS): TestClock {
  let nowMs = startMs;
  const sleepers = new Set<{ readonly untilMs: number; readonly wake: () => void }>();
  return {
    now: () => nowMs,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (ms <= 0 || signal?.aborted) return resolve();
        const sleeper = { untilMs: nowMs + ms, wake };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', wake, { once: true });
        function wake() {
          sleepers.delete(sleeper);
          signal?.removeEventListener('abort', wake);
          resolve();
        }
      }),
    sleeping: () => sleepers.size,
    advance(ms) {
      nowMs += ms;
      for (const { untilMs, wake } of [...sleepers]) if (untilMs <= nowMs) wake();
    },
  };
}

const speeds = new WeakMap<Clock, number>();

/** A clock that runs so many times faster than the machine's: waits of minutes pass in seconds. */
export function fastClock(faster: number, startMs = NOON_MS): Clock {
  const beganAtMs = performance.now();
  const { sleep } = systemClock();
  const clock: Clock = {
    now: () => Math.round(startMs + (performance.now() - beganAtMs) * faster),
    sleep: (ms, signal) => sleep(ms / faster, signal),
  };
  speeds.set(clock, faster);
  return clock;
}

/** How much faster than the machine's a clock runs. */
export function timesFaster(clock: Clock): number {
  return speeds.get(clock) ?? 1;
}
