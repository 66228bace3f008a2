import type { Clock } from '../pipeline/ports.ts';
import { MACHINE_TIME, type TimeSource } from './steady-clock.ts';

/** Each kind changes waits, and maybe what calls in progress cost. */
export type TimeJump = {
  /** `slept`: or the clock was set forward. `stopped`: this process alone. */
  readonly kind: 'set-back' | 'slept' | 'stopped';
  readonly ms: number;
};

const LOOK_MS = 1_000;
/** Shorter ones are a busy machine or clock corrections. */
const LEAST_MS = 15_000;

/** Reports each jump until stopped. */
export function watchTime(
  { sleep }: Pick<Clock, 'sleep'>,
  tell: (jump: TimeJump) => void,
  time: TimeSource = MACHINE_TIME,
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const ended = watch();

  async function watch(): Promise<void> {
    let [wallMs, elapsedMs] = [time.wall(), time.elapsed()];
    while (!stopping.signal.aborted) {
      await sleep(LOOK_MS, stopping.signal);
      const [nowMs, sinceMs] = [time.wall(), time.elapsed()];
      const jump = jumpOf(nowMs - wallMs, sinceMs - elapsedMs);
      if (jump !== undefined) tell(jump);
      [wallMs, elapsedMs] = [nowMs, sinceMs];
    }
  }

  return {
    stop: async () => {
      stopping.abort();
      await ended;
    },
  };
}

function jumpOf(shownMs: number, passedMs: number): TimeJump | undefined {
  const aheadMs = shownMs - passedMs;
  if (aheadMs <= -LEAST_MS) return { kind: 'set-back', ms: -aheadMs };
  if (aheadMs >= LEAST_MS) return { kind: 'slept', ms: aheadMs };
  return passedMs - LOOK_MS >= LEAST_MS ? { kind: 'stopped', ms: passedMs - LOOK_MS } : undefined;
}
