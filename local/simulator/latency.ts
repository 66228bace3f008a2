import { normal, type Random } from './random.ts';

/** Log-normal, as the latency of most servers is. */
export interface Latency {
  readonly medianMs: number;
  readonly p95Ms: number;
}

/** `asis`: as the real endpoint (provider-contract §5: 7–56 s, median 20–30 s); `demo`: fast enough to watch; `none`: for tests. */
export const LATENCIES = {
  asis: { medianMs: 25_000, p95Ms: 50_000 },
  demo: { medianMs: 300, p95Ms: 900 },
  none: { medianMs: 0, p95Ms: 0 },
} as const satisfies Record<string, Latency>;
export type LatencyName = keyof typeof LATENCIES;

/** Standard deviations from the median to the 95th percentile. */
const Z_OF_P95 = 1.645;

/** One latency in ms, rounded. */
export function drawLatencyMs(latency: Latency, random: Random): number {
  if (latency.medianMs <= 0) return 0;
  const sigma = Math.log(Math.max(1, latency.p95Ms / latency.medianMs)) / Z_OF_P95;
  return Math.round(latency.medianMs * Math.exp(sigma * normal(random)));
}
