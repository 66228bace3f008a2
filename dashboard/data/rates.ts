import type { BatchId } from '../../shared/domain/ids.ts';

/** The rate is taken over the last part of a batch, so that a slow start does not spoil it. */
const WINDOW_MS = 30_000;

/** How many items of each batch end in a minute, lately. */
export function createRates(now: () => number) {
  const seen = new Map<BatchId, { readonly atMs: number; readonly ended: number }[]>();
  return {
    perMinute: (batch: BatchId, ended: number): number => {
      const looks = seen.get(batch) ?? [];
      seen.set(batch, looks);
      const atMs = now();
      looks.push({ atMs, ended });
      while (looks.length > 2 && atMs - (looks[0]?.atMs ?? atMs) > WINDOW_MS) looks.shift();
      const first = looks[0];
      if (first === undefined || atMs <= first.atMs) return 0;
      return (Math.max(0, ended - first.ended) / (atMs - first.atMs)) * 60_000;
    },
  };
}
