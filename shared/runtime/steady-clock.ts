import type { Clock } from '../pipeline/ports.ts';

export interface TimeSource {
  /** The machine's clock, which may be set forward and back. */
  wall(): number;
  /** Milliseconds from any moment; never goes back. */
  elapsed(): number;
}

export const MACHINE_TIME: TimeSource = { wall: () => Date.now(), elapsed: () => performance.now() };

/**
 * A clock that never goes back: if the machine's does, it runs at half the pace until that has caught up. Otherwise all
 * waits and leases would take an hour longer.
 */
export function steadyClock({ sleep }: Pick<Clock, 'sleep'>, time: TimeSource = MACHINE_TIME): Clock {
  let shownMs = time.wall();
  let elapsedMs = time.elapsed();
  return {
    sleep,
    now: () => {
      const nowMs = time.elapsed();
      shownMs = Math.max(time.wall(), shownMs + (nowMs - elapsedMs) / 2);
      elapsedMs = nowMs;
      return Math.floor(shownMs);
    },
  };
}
