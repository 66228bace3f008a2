import { LONGEST_RATE_WAIT_MS } from './failure.ts';
import {
  callsBetween,
  FLOOR_STEP_MS,
  isChance,
  isLimited,
  type Limiter,
  LONGEST_PROBE_WAIT_MS,
  MINUTE_MS,
  PROBE_WAIT_MS,
  SEEK_MS,
  SHARE,
  SLOWEST,
  withCalls,
  withWait,
} from './limiter.ts';

/** What a refusal (429) or an overload (503) said. */
export interface Throttling {
  readonly kind: 'refused' | 'overloaded';
  readonly sentAtMs: number;
  readonly atMs: number;
  /** How long the provider asked to wait. */
  readonly retryAfterMs?: number;
  /** Its worker knew of no limit yet. */
  readonly unlimited?: boolean;
}

/** What a refused call without a word on how long has to wait. */
const UNTOLD_WAIT_MS = 1_000;
/** Calls that must have been taken since the provider was last at its limit before their number says what the limit is. */
const ENOUGH_TAKEN = 8;
const ENOUGH_TAKEN_LIMITED = 4;
const MOST_UNEXPLAINED = 8;
/** How long such a count may be. */
const LONGEST_COUNT_MS = 400_000;
/** After so many calls taken it is no matter whether a refusal was by chance, or the limit was measured a little too high. */
const RARE = 100;
/** Refusals with fewer calls taken between them crowd. */
const CROWDED = 3;
const CUT = 0.5;
/** What one worker has seen of a fleet's first calls may be few of them. */
const LEAST_SEEN = 60;
const CUT_BY_CHANCE = 0.75;
const OVERLOAD_CUT = 0.85;
const OVERLOAD_EVERY_MS = 10_000;
const CREEP_MS = 40_000;
const FIRST_CREEP_MS = 10_000;
/** Two measurements that are so near each other confirm each other. */
const SAME_WITHIN = 0.1;
const PROBE_WAIT_LONGER_ABOVE = 20;
const PROBE_WAIT_PER_LIMIT_MS = 3_000;

/** Learns from a refusal or an overload. */
export function afterThrottling(before: Limiter, setback: Throttling): Limiter {
  const { sentAtMs, atMs } = setback;
  const askedMs = setback.retryAfterMs ?? (setback.kind === 'refused' ? UNTOLD_WAIT_MS : 0);
  const waitMs = Math.min(LONGEST_RATE_WAIT_MS, askedMs);
  const untilMs = Math.ceil((atMs + waitMs) / FLOOR_STEP_MS) * FLOOR_STEP_MS;
  const waiting = withWait(before, { sentAtMs, atMs, untilMs });
  if (setback.kind === 'overloaded') return slowedByOverload(waiting, setback);
  const costs = before.rate === undefined || setback.unlimited || isChance(before) ? 0 : 1;
  const limiter = { ...withCalls(waiting, sentAtMs, -1), probeAllowance: waiting.probeAllowance - costs };
  if (sentAtMs < limiter.cutAtMs) return { ...limiter, unexplained: Math.max(0, limiter.unexplained - 1) };
  if (setback.unlimited && limiter.rate !== undefined) return limiter;
  return cut(withoutFuture(limiter, atMs), atMs, waitMs);
}

/** Start times that were given out and have not come yet say nothing of what the provider takes. */
function withoutFuture(limiter: Limiter, nowMs: number): Limiter {
  const future = callsBetween(limiter, (Math.floor(nowMs / 1_000) + 1) * 1_000 + 1, Number.POSITIVE_INFINITY);
  return {
    ...limiter,
    takenSince: Math.max(0, limiter.takenSince - future),
    takenSinceCut: Math.max(0, limiter.takenSinceCut - future),
  };
}

/** What a refusal says of the limit depends on how it came about: decision 14 goes through the cases. */
function cut(limiter: Limiter, atMs: number, waitMs: number): Limiter {
  const opensMs = atMs + waitMs;
  const stillInWindow = callsBetween(limiter, opensMs - MINUTE_MS, atMs);
  const base = {
    ...limiter,
    unexplained: unexplainedBy(limiter, stillInWindow),
    cutAtMs: atMs,
    lastSlotMs: opensMs,
    emptySinceMs: atMs,
    takenSince: 0,
    takenSinceCut: 0,
  };
  if (isChance(base) && !isCrowded(limiter)) return { ...base, doublesInMs: SEEK_MS };
  const inWindow = callsBetween(limiter, atMs - MINUTE_MS, atMs);
  const isWindow = limiter.isWindow || waitMs > Math.max(2_000, (3 * MINUTE_MS) / Math.max(1, inWindow));
  if (isWindow && (limiter.rate !== undefined || inWindow >= ENOUGH_TAKEN)) {
    return measured({ ...base, isWindow }, opensMs, windowSize(limiter, inWindow, stillInWindow));
  }
  const lately = 6 * callsBetween(limiter, atMs - MINUTE_MS / 6, atMs);
  const counted = countedLimit(limiter, atMs, lately);
  if (counted === undefined) return guessed(limiter, base, Math.max(inWindow, lately));
  return measured(base, opensMs, counted);
}

/** What a window holds: the calls that are still in it when it opens. At first, and where hardly any are, that may be chance. */
function windowSize({ limit }: Limiter, inWindow: number, stillInWindow: number): number {
  const isSure = limit !== undefined && stillInWindow >= CROWDED;
  return isSure ? stillInWindow : Math.max(stillInWindow, CUT * inWindow);
}

/** How much speaks for chance, after one more refusal: that a held rate is refused, and that refusals do not crowd. */
function unexplainedBy(limiter: Limiter, stillInWindow: number): number {
  const more = isLimited(limiter) ? whileLimited(limiter, stillInWindow) : whileGrowing(limiter);
  return Math.min(MOST_UNEXPLAINED, Math.max(0, limiter.unexplained + (isCrowded(limiter) ? -2 : more)));
}

function isCrowded({ takenSinceCut }: Limiter): boolean {
  return takenSinceCut < CROWDED;
}

/** A window that was found smaller again and again is none. */
function whileLimited({ isWindow, limit = 0, takenSinceCut }: Limiter, stillInWindow: number): number {
  if (takenSinceCut > RARE) return 0;
  return !isWindow || stillInWindow < (1 - SAME_WITHIN) * limit ? 2 : 0;
}

/** A rise ends with a refusal if there is a limit; among refusals by chance it ends with none that crowds. */
function whileGrowing(limiter: Limiter): number {
  if (!isChance(limiter)) return -1;
  return limiter.takenSinceCut >= ENOUGH_TAKEN ? 1 : 0;
}

/** The limit by what was taken since the last refusal, where that was enough and went at an even rate. */
function countedLimit(limiter: Limiter, atMs: number, lately: number): number | undefined {
  if (
    limiter.emptySinceMs === undefined ||
    limiter.takenSince < (isLimited(limiter) ? ENOUGH_TAKEN_LIMITED : ENOUGH_TAKEN)
  ) {
    return undefined;
  }
  const sinceMs = Math.max(1, atMs - limiter.emptySinceMs);
  const counted = (limiter.takenSince * MINUTE_MS) / sinceMs;
  const isEven = lately <= 2.5 * counted + 12 && counted <= 1.2 * (limiter.limit ?? counted);
  return isEven && sinceMs <= LONGEST_COUNT_MS ? counted : undefined;
}

/** Half as fast, and counting on until there is enough to go by. */
function guessed(before: Limiter, base: Limiter, seen: number): Limiter {
  const { limit, ...rest } = base;
  const { emptySinceMs, takenSince } = before;
  const isCounting = limit === undefined && emptySinceMs !== undefined && takenSince < ENOUGH_TAKEN;
  const earlierLimit = limit ?? before.earlierLimit;
  return {
    ...rest,
    ...(isCounting ? { emptySinceMs, takenSince } : {}),
    ...(earlierLimit === undefined ? {} : { earlierLimit }),
    rate: Math.max(
      SLOWEST,
      (isChance(before) ? CUT_BY_CHANCE : CUT) * (before.rate ?? Math.max(LEAST_SEEN, seen)),
    ),
    doublesInMs: before.rate === undefined ? FIRST_CREEP_MS : before.unexplained > 0 ? SEEK_MS : CREEP_MS,
  };
}

function measured(limiter: Limiter, fromMs: number, limit: number): Limiter {
  const { doublesInMs: _, ...rest } = limiter;
  return {
    ...rest,
    limit,
    rate: Math.max(SLOWEST, SHARE * limit),
    probeAtMs: fromMs + (isConfirmed(limiter, limit) ? longProbeWaitMs(limit) : PROBE_WAIT_MS),
  };
}

function isConfirmed(limiter: Limiter, limit: number): boolean {
  const earlier = limiter.limit ?? limiter.earlierLimit;
  return earlier !== undefined && Math.abs(earlier / limit - 1) <= SAME_WITHIN;
}

function longProbeWaitMs(limit: number): number {
  return Math.min(
    LONGEST_PROBE_WAIT_MS,
    Math.max(PROBE_WAIT_MS, (limit - PROBE_WAIT_LONGER_ABOVE) * PROBE_WAIT_PER_LIMIT_MS),
  );
}

function slowedByOverload(limiter: Limiter, { sentAtMs, atMs }: Throttling): Limiter {
  if (limiter.rate === undefined || sentAtMs < limiter.cutAtMs || atMs - limiter.cutAtMs < OVERLOAD_EVERY_MS)
    return limiter;
  return {
    ...limiter,
    rate: Math.max(SLOWEST, limiter.rate * OVERLOAD_CUT),
    cutAtMs: atMs,
    doublesInMs: CREEP_MS,
  };
}
