/** The learned rate of one model for the fleet: plain data, pure functions (decision 14). Epoch milliseconds, calls a minute. */
export interface Limiter {
  /** Missing while nothing is known of a limit: then calls are not held back. */
  readonly rate?: number;
  /** The limit as last measured; missing while it is only guessed at. */
  readonly limit?: number;
  /** What was last measured, while it is only guessed at. */
  readonly earlierLimit?: number;
  /** Whether all that were waiting got their start times: then nothing says that more would be taken. */
  readonly isSlack?: boolean;
  /** Whether a refusal's wait told of a window that has to pass: then the last minute's calls say what the limit is. */
  readonly isWindow?: boolean;
  /** A rate that grows doubles in so long; missing while it is held. */
  readonly doublesInMs?: number;
  /** When a held rate may be tried out again. */
  readonly probeAtMs: number;
  /** Refusals that may still be provoked to find out more; calls fill it up. */
  readonly probeAllowance: number;
  /** No call begins before: what the provider asked for. */
  readonly notBeforeMs: number;
  /** Since when a long wait is asked for, and when one call may find out whether it is still meant. */
  readonly wait?: { readonly sinceMs: number; readonly probeAtMs: number };
  /** The last slot that was given out. */
  readonly lastSlotMs: number;
  /** Refusals of calls that were sent before this are old news. */
  readonly cutAtMs: number;
  /** Since then at the latest the provider had nothing to spare, and how many calls it took since. */
  readonly emptySinceMs?: number;
  readonly takenSince: number;
  /** Calls taken since the last refusal that counted. */
  readonly takenSinceCut: number;
  /** Refusals running that no rate explains: some providers refuse by chance, and going slower does not help there. */
  readonly unexplained: number;
  /** Calls taken, by second, of the last minute. */
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
/** Waits end at such moments, so that a hundred workers that are refused at once have one and the same to tell. */
export const FLOOR_STEP_MS = 250;
/** So much of a measured limit is used; the rest is for clocks and the network. */
export const SHARE = 0.97;
export const SLOWEST = 1;
const CREEP_CALLS = 20;
export const SEEK_MS = 4_500;
const SEEK_FROM = 1.7;
export const PROBE_WAIT_MS = 36_000;
export const LONGEST_PROBE_WAIT_MS = 300_000;
const ALLOWANCE_PER_CALL = 0.02;
const FULL_ALLOWANCE = 20;
/** Slots that were missed by so much are made up for. */
const CATCH_UP_MS = 2_000;
/** A rate beyond this is none. */
const NO_LIMIT = 6_000;

/** Gives out up to `wanted` start times until `untilMs`, in order; `moreWait`: others were turned away. */
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

/** In a wait that is longer, one call goes through each time that so much has passed, in case the wait is wrong. */
const WAIT_PROBE_MS = 60_000;
/** The windows of most limits are a minute: only a longer wait is probed. */
const LONG_WAIT_MS = 90_000;

/** What a probe is told counts from so much on: less is our own guess. */
const LEAST_TOLD_MS = 2_000;

/** The limiter with a wait that was asked for at that moment. A call sent since then knows better than what asked before. */
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

/** The limiter with one probe of a long wait in progress, or undefined while none is due. */
export function withWaitProbe(limiter: Limiter, nowMs: number): Limiter | undefined {
  const { wait, notBeforeMs } = limiter;
  if (wait === undefined || notBeforeMs <= nowMs || nowMs < wait.probeAtMs) return undefined;
  return { ...limiter, wait: { ...wait, probeAtMs: nowMs + WAIT_PROBE_MS } };
}

/** A call that was sent in a long wait was taken: the wait was not meant, or is over. */
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

/** When a call may begin at the soonest. */
export function opensAtMs({ notBeforeMs, wait }: Limiter): number {
  return Math.min(notBeforeMs, wait?.probeAtMs ?? notBeforeMs);
}

/** Counts calls that were sent without a slot, or takes back slots that were not used (`calls` below 0). */
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

/** From so many unexplained refusals on they are taken as chance: they are waited for, and the rate grows on. */
const UNEXPLAINED_FOR_CHANCE = 5;

export function isChance({ unexplained }: Limiter): boolean {
  return unexplained >= UNEXPLAINED_FOR_CHANCE;
}

export function isLimited({ limit, doublesInMs }: Limiter): boolean {
  return limit !== undefined && doublesInMs === undefined;
}

/** A rate grows only while it is used: with each slot, by the time since the one before it. */
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

/** When fewer than `most` calls are in the 60 s before. */
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

/** Held at what configuration says, where it does. */
export function withPinnedRate(limiter: Limiter, requestsPerMinute: number | undefined): Limiter {
  if (requestsPerMinute === undefined) return limiter;
  const { doublesInMs: _, rate: __, limit: ___, ...held } = limiter;
  if (requestsPerMinute >= NO_LIMIT) return held;
  return { ...held, rate: requestsPerMinute, limit: requestsPerMinute, probeAtMs: Number.MAX_SAFE_INTEGER };
}
