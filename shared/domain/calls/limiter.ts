/** The learned rate of one model for the fleet: plain data, pure functions (decision 14). Epoch milliseconds, calls a minute. */
export interface Limiter {
  /** Missing while no limit is known: calls are not held back. */
  readonly rate?: number;
  /** As last measured; missing while it is a guess. */
  readonly limit?: number;
  /** The last measurement, while it is a guess. */
  readonly earlierLimit?: number;
  /** All waiting calls got start times, so nothing shows that more would pass. */
  readonly isSlack?: boolean;
  /** A refusal named a window to wait for, so the last minute's calls are the limit. */
  readonly isWindow?: boolean;
  /** How fast a rate grows; missing while it is held. */
  readonly doublesInMs?: number;
  /** When a held rate may be probed. */
  readonly probeAtMs: number;
  /** Refusals that probing may still cause; calls refill it. */
  readonly probeAllowance: number;
  /** No call starts before, as the provider asked. */
  readonly notBeforeMs: number;
  /** When a long wait began, and when a call may probe it. */
  readonly wait?: { readonly sinceMs: number; readonly probeAtMs: number };
  readonly lastSlotMs: number;
  /** Refusals of calls sent before are old news. */
  readonly cutAtMs: number;
  /** When the provider had nothing to spare, and calls accepted since. */
  readonly emptySinceMs?: number;
  readonly takenSince: number;
  /** Since the last refusal that counted. */
  readonly takenSinceCut: number;
  /** Consecutive refusals that no rate explains: some providers refuse by chance, and slowing down doesn't help. */
  readonly unexplained: number;
  /** Accepted calls of the last minute, by second. */
  readonly taken: Readonly<Record<string, number>>;
}

export const UNLIMITED: Limiter = {
  probeAtMs: 0,
  probeAllowance: 12,
  notBeforeMs: 0,
  lastSlotMs: 0,
  cutAtMs: 0,
  takenSince: 0,
  takenSinceCut: 0,
  unexplained: 0,
  taken: {},
};

export const MINUTE_MS = 60_000;
/** Waits end at such steps, so that workers refused together agree on one. */
export const FLOOR_STEP_MS = 250;
/** The used share of a measured limit; the rest is for clocks and network. */
export const SHARE = 0.97;
export const SLOWEST = 1;
const CREEP_CALLS = 20;
export const SEEK_MS = 4_500;
const SEEK_FROM = 1.7;
export const PROBE_WAIT_MS = 36_000;
export const LONGEST_PROBE_WAIT_MS = 300_000;
const ALLOWANCE_PER_CALL = 0.02;
const FULL_ALLOWANCE = 20;
/** Missed start times up to this age are made up for. */
const CATCH_UP_MS = 2_000;
/** A higher rate is no limit. */
const NO_LIMIT = 6_000;

/** Gives out up to `wanted` start times until `untilMs`, in order; `moreWait`: others got none. */
export function reserve(
  before: Limiter,
  nowMs: number,
  untilMs: number,
  wanted: number,
  moreWait = false,
): { limiter: Limiter; slots: number[] } {
  let limiter = before;
  const slots: number[] = [];
  while (slots.length < wanted) {
    const grown = grow(limiter, nowMs);
    const atMs = nextSlotMs(grown, nowMs);
    if (atMs > untilMs) break;
    slots.push(Math.max(atMs, nowMs));
    limiter = withCalls({ ...grown, lastSlotMs: atMs }, Math.max(atMs, nowMs), 1);
  }
  return { limiter: { ...limiter, isSlack: slots.length === wanted && !moreWait }, slots };
}

/** In a longer wait, one call a time probes whether it still holds. */
const WAIT_PROBE_MS = 60_000;
/** Most limits have windows of a minute: only longer waits are probed. */
const LONG_WAIT_MS = 90_000;

/** Shorter waits are our own guess, and don't count. */
const LEAST_TOLD_MS = 2_000;

/** The limiter with a wait asked for at that moment; later calls know better. */
export function withWait(
  limiter: Limiter,
  { sentAtMs, atMs, untilMs }: { readonly sentAtMs: number; readonly atMs: number; readonly untilMs: number },
): Limiter {
  const { wait, ...others } = limiter;
  const isNewer = wait !== undefined && sentAtMs > wait.sinceMs && untilMs > atMs + LEAST_TOLD_MS;
  const notBeforeMs = isNewer ? untilMs : Math.max(limiter.notBeforeMs, untilMs);
  if (notBeforeMs - atMs <= LONG_WAIT_MS) return { ...others, notBeforeMs };
  return { ...others, notBeforeMs, wait: { sinceMs: atMs, probeAtMs: atMs + WAIT_PROBE_MS } };
}

/** The limiter with a probe of a long wait; undefined while none is due. */
export function withWaitProbe(limiter: Limiter, nowMs: number): Limiter | undefined {
  const { wait, notBeforeMs } = limiter;
  if (wait === undefined || notBeforeMs <= nowMs || nowMs < wait.probeAtMs) return undefined;
  return { ...limiter, wait: { ...wait, probeAtMs: nowMs + WAIT_PROBE_MS } };
}

/** An accepted call during a long wait ends it. */
export function afterAccepted(
  limiter: Limiter,
  { sentAtMs, atMs }: { sentAtMs: number; atMs: number },
): Limiter {
  const { wait, ...others } = limiter;
  if (wait === undefined || sentAtMs <= wait.sinceMs) return limiter;
  return {
    ...others,
    notBeforeMs: Math.min(limiter.notBeforeMs, atMs),
    lastSlotMs: Math.min(limiter.lastSlotMs, atMs),
  };
}

/** The earliest start of a call. */
export function opensAtMs({ notBeforeMs, wait }: Limiter): number {
  return Math.min(notBeforeMs, wait?.probeAtMs ?? notBeforeMs);
}

/** Counts calls without a slot; below 0, returns unused slots. */
export function withCalls(limiter: Limiter, atMs: number, calls: number): Limiter {
  const second = String(Math.floor(atMs / 1_000));
  const recent = limiter.taken[second] === undefined ? withoutOld(limiter.taken, atMs) : limiter.taken;
  const taken = { ...recent, [second]: Math.max(0, (limiter.taken[second] ?? 0) + calls) };
  const counts = limiter.emptySinceMs !== undefined && atMs >= limiter.emptySinceMs;
  const probeAllowance =
    calls > 0
      ? Math.min(FULL_ALLOWANCE, limiter.probeAllowance + ALLOWANCE_PER_CALL * calls)
      : limiter.probeAllowance;
  const takenSince = counts ? Math.max(0, limiter.takenSince + calls) : limiter.takenSince;
  const takenSinceCut =
    atMs >= limiter.cutAtMs ? Math.max(0, limiter.takenSinceCut + calls) : limiter.takenSinceCut;
  return { ...limiter, taken, probeAllowance, takenSince, takenSinceCut };
}

/** So many unexplained refusals count as chance: calls wait, and the rate still grows. */
const UNEXPLAINED_FOR_CHANCE = 5;

export function isChance({ unexplained }: Limiter): boolean {
  return unexplained >= UNEXPLAINED_FOR_CHANCE;
}

export function isLimited({ limit, doublesInMs }: Limiter): boolean {
  return limit !== undefined && doublesInMs === undefined;
}

/** A rate grows only with use: by the time between slots. */
function grow(limiter: Limiter, nowMs: number): Limiter {
  if (limiter.rate === undefined) return limiter;
  if (limiter.doublesInMs === undefined) {
    if (nowMs < limiter.probeAtMs + (limiter.probeAllowance >= 1 ? 0 : LONGEST_PROBE_WAIT_MS - PROBE_WAIT_MS))
      return limiter;
    return { ...limiter, rate: limiter.rate * SEEK_FROM, doublesInMs: SEEK_MS };
  }
  if (limiter.isSlack && !isChance(limiter)) return limiter;
  const spacingMs = MINUTE_MS / limiter.rate;
  const sinceMs = Math.min(
    3 * spacingMs,
    Math.max(0, Math.max(nowMs, limiter.lastSlotMs + spacingMs) - limiter.lastSlotMs),
  );
  const rate =
    limiter.rate * 2 ** (sinceMs / Math.min(limiter.doublesInMs, Math.max(SEEK_MS, CREEP_CALLS * spacingMs)));
  if (rate <= NO_LIMIT) return { ...limiter, rate };
  const { rate: _, limit: __, doublesInMs: ___, ...free } = limiter;
  return free;
}

function nextSlotMs(limiter: Limiter, nowMs: number): number {
  if (limiter.rate === undefined) return Math.max(nowMs, limiter.notBeforeMs);
  const onLineMs = Math.max(
    limiter.lastSlotMs + MINUTE_MS / limiter.rate,
    limiter.notBeforeMs,
    nowMs - CATCH_UP_MS,
  );
  if (!limiter.isWindow || limiter.limit === undefined || limiter.doublesInMs !== undefined) return onLineMs;
  return Math.max(onLineMs, windowOpensMs(limiter, Math.max(onLineMs, nowMs), limiter.limit));
}

/** When fewer than `most` calls are in the last 60 s. */
function windowOpensMs(limiter: Limiter, fromMs: number, most: number): number {
  let inWindow = callsBetween(limiter, fromMs - MINUTE_MS, Number.POSITIVE_INFINITY);
  if (inWindow < most) return fromMs;
  for (const second of secondsOf(limiter)) {
    if ((second + 1) * 1_000 <= fromMs - MINUTE_MS) continue;
    inWindow -= limiter.taken[String(second)] ?? 0;
    if (inWindow < most) return (second + 1) * 1_000 + MINUTE_MS;
  }
  return fromMs;
}

export function callsBetween(limiter: Limiter, fromMs: number, toMs: number): number {
  let calls = 0;
  for (const second of secondsOf(limiter)) {
    if ((second + 1) * 1_000 > fromMs && second * 1_000 <= toMs) calls += limiter.taken[String(second)] ?? 0;
  }
  return calls;
}

function withoutOld(taken: Limiter['taken'], nowMs: number): Limiter['taken'] {
  const oldest = Math.floor((nowMs - MINUTE_MS) / 1_000);
  return Object.fromEntries(Object.entries(taken).filter(([second]) => Number(second) >= oldest));
}

function secondsOf(limiter: Limiter): number[] {
  return Object.keys(limiter.taken)
    .map(Number)
    .sort((a, b) => a - b);
}

/** The configured rate, if any. */
export function withPinnedRate(limiter: Limiter, requestsPerMinute: number | undefined): Limiter {
  if (requestsPerMinute === undefined) return limiter;
  const { doublesInMs: _, rate: __, limit: ___, ...held } = limiter;
  if (requestsPerMinute >= NO_LIMIT) return held;
  return { ...held, rate: requestsPerMinute, limit: requestsPerMinute, probeAtMs: Number.MAX_SAFE_INTEGER };
}
