/** Whether a model answers anybody: opened by upstream failures running, closed by a success. Times in epoch milliseconds. */
export interface Breaker {
  /** Upstream failures since the last success. */
  readonly failures: number;
  /** Missing while it is closed. */
  readonly openSinceMs?: number;
  /** Probes since it opened. */
  readonly probes: number;
  readonly nextProbeAtMs: number;
  /** When the newest call that succeeded was sent: failures of older calls say nothing of now. */
  readonly succeededMs: number;
  /** When the newest call that failed was sent: a success of an older one, that took longer, does not speak of now. */
  readonly failedMs: number;
}

export const CLOSED: Breaker = { failures: 0, probes: 0, nextProbeAtMs: 0, succeededMs: 0, failedMs: 0 };

/** So many upstream failures with no success between them are the provider's own trouble. */
export const FAILURES_TO_OPEN = 5;
/** Short at first, for most phases are; then so long that an hour has no more than 40 probes. */
const PROBE_AFTER_MS: readonly number[] = [5_000, 10_000, 20_000, 40_000, 80_000];
const LONGEST_PROBE_MS = 100_000;

/** An upstream failure (5xx); opens the breaker when it is one too many. */
export function afterFailure(
  before: Breaker,
  call: { readonly sentAtMs: number; readonly atMs: number },
): Breaker {
  if (call.sentAtMs < before.succeededMs) return before;
  const failures = before.failures + 1;
  const failedMs = Math.max(before.failedMs, call.sentAtMs);
  if (isOpen(before) || failures < FAILURES_TO_OPEN) return { ...before, failures, failedMs };
  return {
    ...before,
    failures,
    failedMs,
    openSinceMs: call.atMs,
    probes: 0,
    nextProbeAtMs: call.atMs + probeAfterMs(0),
  };
}

export function isOpen({ openSinceMs }: Breaker): boolean {
  return openSinceMs !== undefined;
}

/** A call that was answered as calls are: whatever was open is closed. */
export function afterSuccess(before: Breaker, sentAtMs: number): Breaker {
  if (sentAtMs < before.failedMs) return before;
  return { ...CLOSED, failedMs: before.failedMs, succeededMs: Math.max(before.succeededMs, sentAtMs) };
}

/** The breaker with one more probe under way, or undefined while none is due: whoever writes it first sends the probe. */
export function withProbe(before: Breaker, nowMs: number): Breaker | undefined {
  if (before.openSinceMs === undefined || nowMs < before.nextProbeAtMs) return undefined;
  const probes = before.probes + 1;
  return { ...before, probes, nextProbeAtMs: nowMs + probeAfterMs(probes) };
}

function probeAfterMs(probes: number): number {
  return PROBE_AFTER_MS[probes] ?? LONGEST_PROBE_MS;
}
