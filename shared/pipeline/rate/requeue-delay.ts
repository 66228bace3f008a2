import type { Effects } from '../effects.ts';

/** How long a waiting message stays away. */
export interface RequeueDelay {
  nextMs(): number;
  /** Whether enough messages are about that some return at any time. */
  isCrowd(): boolean;
}

/** Few messages return after so long, spread over what follows. */
const AFTER_MS = 10_000;
const WITHIN_MS = 30_000;
/** With a whole queue waiting, so many in half a minute are enough for a worker. */
const ENOUGH = 5;
const COUNTED_MS = 30_000;
const LONGEST_MS = 300_000;
const LESS_THAN_ALL = 0.75;

/** Waiting messages return soon enough for workers, and no more often: the more there are, the longer each stays away. */
export function createRequeueDelay({ clock, random }: Pick<Effects, 'clock' | 'random'>): RequeueDelay {
  let fromMs = Number.NEGATIVE_INFINITY;
  let count = 0;
  let countBefore = 0;

  function crowd(): number {
    return Math.max(count, countBefore) / ENOUGH;
  }

  function nextMs(): number {
    const nowMs = clock.now();
    if (nowMs - fromMs >= COUNTED_MS) {
      countBefore = nowMs - fromMs < 2 * COUNTED_MS ? count : 0;
      count = 0;
      fromMs = nowMs;
    }
    count += 1;
    const spreadMs = AFTER_MS + random() * WITHIN_MS;
    return Math.min(LONGEST_MS, spreadMs * Math.max(1, crowd()) ** LESS_THAN_ALL);
  }

  return { nextMs, isCrowd: () => crowd() > 1 };
}
