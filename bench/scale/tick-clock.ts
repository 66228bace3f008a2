import type { Clock } from '../../shared/pipeline/ports.ts';

interface TickClock extends Clock {
  /** Lets time pass to that moment, tick by tick; all that can happen in a tick happens in it. */
  runUntil(untilMs: number, isOver?: () => boolean): Promise<void>;
}

const TICK_MS = 5;
/** What an answer sets off may itself wait for a turn of the event loop, and so on. */
const TURNS = 8;

/** A virtual clock for tens of thousands of sleepers, who wake at whole ticks. */
export function tickClock(startMs: number): TickClock {
  let nowMs = startMs;
  const sleepers = new Map<number, Set<() => void>>();

  function sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (signal?.aborted) resolve();
    else {
      const atMs = Math.max(nowMs + TICK_MS, Math.ceil((nowMs + ms) / TICK_MS) * TICK_MS);
      const wakers = sleepers.get(atMs) ?? new Set();
      sleepers.set(atMs, wakers.add(wake));
      signal?.addEventListener('abort', wake, { once: true });
      function wake() {
        wakers.delete(wake);
        signal?.removeEventListener('abort', wake);
        resolve();
      }
    }
    return promise;
  }

  async function runUntil(untilMs: number, isOver: () => boolean = () => false): Promise<void> {
    while (nowMs < untilMs) {
      for (let turn = 0; turn < TURNS; turn += 1) await new Promise((next) => setImmediate(next));
      if (isOver()) return;
      nowMs += TICK_MS;
      const due = sleepers.get(nowMs);
      sleepers.delete(nowMs);
      for (const wake of due ?? []) wake();
    }
  }

  return { now: () => nowMs, sleep, runUntil };
}
