import type { Effects } from '../effects.ts';

/**
 * When a worker may write the shared row again to lease. All workers together are to write it about `WRITES_A_SECOND`
 * times: each sees by the row's version how often the others do, and leases for longer if there are many.
 */
export interface LeaseRhythm {
  /** No lease before that. */
  nextMs(): number;
  /** Begins a lease; gives how long it is to last. */
  begin(nowMs: number): number;
  /** Told the row's version after each lease. */
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
    /** The first at a moment by chance, so that workers that begin together do not write together. */
    nextMs: () => (nextMs ??= clock.now() + leaseMs * random()),
    begin,
    adapt,
    notLaterThan: (ms) => {
      nextMs = Math.min(nextMs ?? Number.POSITIVE_INFINITY, ms);
    },
  };
}
