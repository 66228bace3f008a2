import type { Clock } from '../../shared/pipeline/ports.ts';
import { NOON_MS } from './test-clock.ts';

/** A clock that jumps to the next sleeper as soon as nothing else is to be done: hours pass in no time. */
export interface VirtualClock extends Clock {
  /** Lets everybody sleep and wake until that time, or until `over` says so. */
  runUntil(untilMs: number, over?: () => boolean): Promise<void>;
}

interface Sleeper {
  readonly atMs: number;
  readonly nth: number;
  readonly wake: () => void;
}

export function virtualClock(startMs = NOON_MS): VirtualClock {
  let nowMs = startMs;
  let nth = 0;
  const sleepers = new Set<Sleeper>();

  function sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const sleeper: Sleeper = { atMs: nowMs + Math.max(0, ms), nth: nth++, wake };
      sleepers.add(sleeper);
      signal?.addEventListener('abort', wake, { once: true });
      function wake() {
        sleepers.delete(sleeper);
        signal?.removeEventListener('abort', wake);
        resolve();
      }
    });
  }

  function next(): Sleeper | undefined {
    let soonest: Sleeper | undefined;
    for (const sleeper of sleepers) {
      const isSooner = soonest === undefined || sleeper.atMs < soonest.atMs;
      if (isSooner || (sleeper.atMs === soonest?.atMs && sleeper.nth < soonest.nth)) soonest = sleeper;
    }
    return soonest;
  }

  async function runUntil(untilMs: number, over: () => boolean = () => false): Promise<void> {
    for (;;) {
      await settled();
      if (over()) return;
      const sleeper = next();
      if (sleeper === undefined || sleeper.atMs > untilMs) break;
      nowMs = Math.max(nowMs, sleeper.atMs);
      sleeper.wake();
    }
    nowMs = Math.max(nowMs, untilMs);
  }

  return { now: () => nowMs, sleep, runUntil };
}

/** What an answer sets off may itself wait for a turn of the event loop, and so on. */
const TURNS = 8;

/** Everything that does not wait for the clock has happened: promises, and whatever they began. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
