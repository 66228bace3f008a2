import type { Clock } from '../pipeline/ports.ts';

/** What time it is. */
export interface TimeSource {
  /** As the machine's clock shows it, which may be set, forward and back. */
  wall(): number;
  /** Milliseconds from any moment on; never goes back. */
  elapsed(): number;
}

export const MACHINE_TIME: TimeSource = { wall: () => Date.now(), elapsed: () => performance.now() };

/**
 * The clock of a stage on one machine. It never goes back: where the machine's is set back, it continues at half the pace until
 * that has caught up. Otherwise whatever waits, for ten seconds or for a lease to end, would wait for an hour more.
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
