import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../pipeline/ports.ts';

/** The machine's clock. */
export function systemClock(): Clock {
  return { now: () => Date.now(), sleep };
}

/** Node fires longer timers at once. */
const longestTimerMs = 2 ** 31 - 1;

async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  for (let leftMs = Math.max(0, ms); !signal?.aborted; leftMs -= longestTimerMs) {
    await delay(Math.min(leftMs, longestTimerMs), undefined, signal ? { signal } : {}).catch(ignoreAbort);
    if (leftMs <= longestTimerMs) return;
  }
}

function ignoreAbort(error: unknown): void {
  if (!(error instanceof Error && error.name === 'AbortError')) throw error;
}
