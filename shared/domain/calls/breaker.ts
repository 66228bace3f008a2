/** Whether a model is available: consecutive upstream failures open it, a success closes it. Epoch milliseconds. */
export interface Breaker {
  /** Since the last success. */
  readonly failures: number;
  /** Missing while closed. */
  readonly openSinceMs?: number;
  /** Since it opened. */
  readonly probes: number;
  readonly nextProbeAtMs: number;
  /** The last probe has no response, and would have one if it had failed. */
  readonly unanswered?: {
    readonly sentAtMs: number;
    /** When another call may start, and how many. */
    readonly nextCallAtMs: number;
    readonly callsLeft: number;
  };
  /** Since the last success. */
  readonly slowestFailureMs: number;
  /** When the newest successful call was sent: older failures say nothing. */
  readonly succeededMs: number;
  /** When the newest failed call was sent: an older, slower success says nothing. */
  readonly failedMs: number;
}

export const CLOSED: Breaker = {
  failures: 0,
  probes: 0,
  nextProbeAtMs: 0,
  slowestFailureMs: 0,
  succeededMs: 0,
  failedMs: 0,
};

/** Consecutive 5xx failures that open the breaker. */
const FAILURES_TO_OPEN = 5;
/** Short at first, like most outages; then at most 40 probes an hour. */
const PROBE_AFTER_MS: readonly number[] = [5_000, 10_000, 20_000, 40_000, 80_000];
const LONGEST_PROBE_MS = 100_000;
/** A probe without a response for twice the slowest failure, and this, is most likely generating its image. */
const UNANSWERED_MS = 3_000;
const MORE_CALLS = 10;
const MORE_CALLS_EVERY_MS = 500;

/** After a 5xx, which may open the breaker. */
export function afterFailure(
  before: Breaker,
  call: { readonly sentAtMs: number; readonly atMs: number },
): Breaker {
  if (call.sentAtMs < before.succeededMs) return before;
  const failures = before.failures + 1;
  const failedMs = Math.max(before.failedMs, call.sentAtMs);
  const slowestFailureMs = Math.max(before.slowestFailureMs, call.atMs - call.sentAtMs);
  const failed = { ...withAnswer(before, call.sentAtMs), failures, failedMs, slowestFailureMs };
  if (isOpen(before) || failures < FAILURES_TO_OPEN) return failed;
  return { ...failed, openSinceMs: call.atMs, probes: 0, nextProbeAtMs: call.atMs + probeAfterMs(0) };
}

function withAnswer(breaker: Breaker, sentAtMs: number): Breaker {
  const { unanswered, ...answered } = breaker;
  return unanswered !== undefined && sentAtMs < unanswered.sentAtMs ? breaker : answered;
}

export function isOpen({ openSinceMs }: Breaker): boolean {
  return openSinceMs !== undefined;
}

/** A success closes the breaker. */
export function afterSuccess(before: Breaker, sentAtMs: number): Breaker {
  if (sentAtMs < before.failedMs) return before;
  return { ...CLOSED, failedMs: before.failedMs, succeededMs: Math.max(before.succeededMs, sentAtMs) };
}

/** When another call may start while it is open. */
export function nextCallAtMs({ nextProbeAtMs, unanswered }: Breaker): number {
  return Math.min(nextProbeAtMs, unanswered?.nextCallAtMs ?? nextProbeAtMs);
}

/** The breaker with one more probe in progress; undefined while none is due. After half a minute without a failure, more may go. */
export function withProbe(before: Breaker, nowMs: number): Breaker | undefined {
  if (!isOpen(before) || nowMs < nextCallAtMs(before)) return undefined;
  const probes = before.probes + 1;
  if (nowMs < before.nextProbeAtMs) return { ...oneMoreCall(before, nowMs), probes };
  const failsByMs = nowMs + 2 * before.slowestFailureMs + UNANSWERED_MS;
  return {
    ...before,
    probes,
    nextProbeAtMs: nowMs + probeAfterMs(probes),
    unanswered: { sentAtMs: nowMs, nextCallAtMs: failsByMs, callsLeft: MORE_CALLS },
  };
}

function oneMoreCall({ unanswered, ...breaker }: Breaker, nowMs: number): Breaker {
  const callsLeft = (unanswered?.callsLeft ?? 0) - 1;
  if (unanswered === undefined || callsLeft === 0) return breaker;
  return { ...breaker, unanswered: { ...unanswered, callsLeft, nextCallAtMs: nowMs + MORE_CALLS_EVERY_MS } };
}

function probeAfterMs(probes: number): number {
  return PROBE_AFTER_MS[probes] ?? LONGEST_PROBE_MS;
}
