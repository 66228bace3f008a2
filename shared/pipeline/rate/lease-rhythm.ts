import type { Effects } from '../effects.ts';

/** When a worker may lease again: the fleet writes the row about `WRITES_A_SECOND` times; versions show how many there are. */
export interface LeaseRhythm {
  nextMs(): number;
  /** Returns how long the lease is to last. */
  begin(nowMs: number): number;
  /** Call with the row's version after each lease. */
  adapt(version: number): void;
  notLaterThan(ms: number): void;
}

const WRITES_A_SECOND = 7;
const SHORTEST_MS = 500;
const LONGEST_MS = 60_000;
const SPREAD = 0.4;

export function createLeaseRhythm(
  { clock, random }: Pick<Effects, 'clock' | 'random'>,
  firstMs: number,
): LeaseRhythm {
  let leaseMs = firstMs;
  let nextMs: number | undefined;
  let last: { readonly version: number; readonly atMs: number } | undefined;

  function begin(nowMs: number): number {
    nextMs = nowMs + leaseMs * (1 + SPREAD * random());
    return leaseMs * (1 + SPREAD);
  }

  function adapt(version: number): void {
    const atMs = clock.now();
    if (last !== undefined && atMs > last.atMs) {
      const aSecond = ((version - last.version) * 1_000) / (atMs - last.atMs);
      const factor = Math.min(2, Math.max(0.5, aSecond / WRITES_A_SECOND));
      leaseMs = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, leaseMs * factor));
    }
    last = { version, atMs };
  }

  return {
    /** The first at a random moment, so that workers don't write together. */
    nextMs: () => (nextMs ??= clock.now() + leaseMs * random()),
    begin,
    adapt,
    notLaterThan: (ms) => {
      nextMs = Math.min(nextMs ?? Number.POSITIVE_INFINITY, ms);
    },
  };
}
