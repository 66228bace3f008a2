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

/** What a 429 or 503 said. */
export interface Throttling {
  readonly kind: 'refused' | 'overloaded';
  readonly sentAtMs: number;
  readonly atMs: number;
  readonly retryAfterMs?: number;
  /** Its worker knew no limit yet. */
  readonly unlimited?: boolean;
}

/** A refused call's wait if none is asked for. */
const UNTOLD_WAIT_MS = 1_000;
/** Accepted calls since the limit was last met that suffice to measure it. */
const ENOUGH_TAKEN = 8;
const ENOUGH_TAKEN_LIMITED = 4;
const MOST_UNEXPLAINED = 8;
/** The longest such count. */
const LONGEST_COUNT_MS = 400_000;
/** After so many accepted calls, a refusal's cause doesn't matter. */
const RARE = 100;
/** Refusals with fewer accepted calls between them are crowded. */
const CROWDED = 3;
const CUT = 0.5;
/** One worker may have seen few of the fleet's first calls. */
const LEAST_SEEN = 60;
const CUT_BY_CHANCE = 0.75;
const OVERLOAD_CUT = 0.85;
const OVERLOAD_EVERY_MS = 10_000;
const CREEP_MS = 40_000;
const FIRST_CREEP_MS = 10_000;
/** Measurements this near confirm each other. */
const SAME_WITHIN = 0.1;
const PROBE_WAIT_LONGER_ABOVE = 20;
const PROBE_WAIT_PER_LIMIT_MS = 3_000;

/** Learns from a 429 or 503. */
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

/** Start times that have not come say nothing of the limit. */
function withoutFuture(limiter: Limiter, nowMs: number): Limiter {
  const future = callsBetween(limiter, (Math.floor(nowMs / 1_000) + 1) * 1_000 + 1, Number.POSITIVE_INFINITY);
  return {
    ...limiter,
    takenSince: Math.max(0, limiter.takenSince - future),
    takenSinceCut: Math.max(0, limiter.takenSinceCut - future),
  };
}

/** A refusal's meaning depends on its circumstances: decision 14 lists the cases. */
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

/** A window's size: the calls in it when it opens. Few, or the first, may be chance. */
function windowSize({ limit }: Limiter, inWindow: number, stillInWindow: number): number {
  const isSure = limit !== undefined && stillInWindow >= CROWDED;
  return isSure ? stillInWindow : Math.max(stillInWindow, CUT * inWindow);
}

/** Evidence of chance: a held rate is refused, and refusals aren't crowded. */
function unexplainedBy(limiter: Limiter, stillInWindow: number): number {
  const more = isLimited(limiter) ? whileLimited(limiter, stillInWindow) : whileGrowing(limiter);
  return Math.min(MOST_UNEXPLAINED, Math.max(0, limiter.unexplained + (isCrowded(limiter) ? -2 : more)));
}

function isCrowded({ takenSinceCut }: Limiter): boolean {
  return takenSinceCut < CROWDED;
}

/** A window that repeatedly seems smaller is none. */
function whileLimited({ isWindow, limit = 0, takenSinceCut }: Limiter, stillInWindow: number): number {
  if (takenSinceCut > RARE) return 0;
  return !isWindow || stillInWindow < (1 - SAME_WITHIN) * limit ? 2 : 0;
}

/** With a limit, a rise ends with a refusal; with chance refusals, with an uncrowded one. */
function whileGrowing(limiter: Limiter): number {
  if (!isChance(limiter)) return -1;
  return limiter.takenSinceCut >= ENOUGH_TAKEN ? 1 : 0;
}

/** The limit by accepted calls since the last refusal, if enough and even. */
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

/** Halves the rate, and counts until there is enough to measure. */
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
