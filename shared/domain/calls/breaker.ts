/** Whether a model answers anybody: opened by upstream failures running, closed by a success. Times in epoch milliseconds. */
export interface Breaker {
  /** Upstream failures since the last success. */
  readonly failures: number;
  /** Missing while it is closed. */
  readonly openSinceMs?: number;
  /** Probes since it opened. */
  readonly probes: number;
  readonly nextProbeAtMs: number;
  /** While the last probe has no answer, and would have one if it had failed. */
  readonly unanswered?: {
    readonly sentAtMs: number;
    /** When one more call may begin, and how many. */
    readonly nextCallAtMs: number;
    readonly callsLeft: number;
  };
  /** The longest that a failure took since the last success. */
  readonly slowestFailureMs: number;
  /** When the newest call that succeeded was sent: failures of older calls say nothing of now. */
  readonly succeededMs: number;
  /** When the newest call that failed was sent: a success of an older one, that took longer, does not speak of now. */
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

/** So many upstream failures with no success between them are the provider's own trouble. */
const FAILURES_TO_OPEN = 5;
/** Short at first, for most phases are; then so long that an hour has no more than 40 probes. */
const PROBE_AFTER_MS: readonly number[] = [5_000, 10_000, 20_000, 40_000, 80_000];
const LONGEST_PROBE_MS = 100_000;
/** A probe without an answer for twice as long as any failure took, and this, is most likely making its image. */
const UNANSWERED_MS = 3_000;
const MORE_CALLS = 10;
const MORE_CALLS_EVERY_MS = 500;

/** An upstream failure (5xx); opens the breaker when it is one too many. */
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

/** A call that was answered as calls are: whatever was open is closed. */
export function afterSuccess(before: Breaker, sentAtMs: number): Breaker {
  if (sentAtMs < before.failedMs) return before;
  return { ...CLOSED, failedMs: before.failedMs, succeededMs: Math.max(before.succeededMs, sentAtMs) };
}

/** When one more call may begin while it is open. */
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
