/** Injected, so that tests need not wait. */
export interface Backoff {
  /** In [0, 1). */
  readonly random: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

const firstMs = 25;
const longestMs = 1_000;

/** Full jitter: a random part of a span that doubles from 25 ms to 1 s. */
export function waitBeforeRetry(backoff: Backoff, tries: number): Promise<void> {
  return backoff.sleep(backoff.random() * Math.min(longestMs, firstMs * 2 ** (tries - 1)));
}
