import type { Clock } from '../pipeline/ports.ts';

export function systemClock(): Clock {
  return { now: () => Date.now(), sleep };
}

/** Node fires longer timers at once. */
const longestTimerMs = 2 ** 31 - 1;

async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  for (let leftMs = Math.max(0, ms); !signal?.aborted; leftMs -= longestTimerMs) {
    await timer(Math.min(leftMs, longestTimerMs), signal);
    if (leftMs <= longestTimerMs) return;
  }
}

/** Node's own promise makes a stack trace at each abort: once an image. */
function timer(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timeout);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timeout = setTimeout(end, ms);
    signal?.addEventListener('abort', end);
  });
}
