import type { Effects } from '../effects.ts';

/** Starts while no limit is known: a few at once, doubling each second, two more per response, so that no fleet hits a limit. */
export interface StartRamp {
  waitMs(nowMs: number): number;
  begun(): void;
  answered(): void;
}

/** At most; randomly less, so that workers don't call together. */
const DOUBLES_IN_MS = 1_000;
const SPREAD = 0.5;
/** The ramp ends after so long. */
const ENDS_AFTER_MS = 10_000;

export function createStartRamp(startCalls: number, { random }: Pick<Effects, 'random'>): StartRamp {
  const doublesInMs = DOUBLES_IN_MS * (1 - SPREAD * random());
  let sinceMs: number | undefined;
  let begun = 0;
  let answers = 0;

  function waitMs(nowMs: number): number {
    sinceMs ??= nowMs;
    const earned = begun + 1 - 2 * answers;
    const dueMs = Math.min(ENDS_AFTER_MS, doublesInMs * Math.log2(Math.max(1, earned / startCalls)));
    return Math.max(0, Math.ceil(sinceMs + dueMs - nowMs));
  }

  return { waitMs, begun: () => void begun++, answered: () => void answers++ };
}
