import { LONGEST_PACED_WAIT_MS } from './failure.ts';
import {
  FLOOR_STEP_MS,
  isChance,
  isLimited,
  LONGEST_PROBE_WAIT_MS,
  MINUTE_MS,
  type Pace,
  PROBE_WAIT_MS,
  SEEK_MS,
  SHARE,
  SLOWEST,
  takenBetween,
  withTaken,
  withWait,
} from './pace.ts';

/** What a refusal (429) or an overload (503) said. */
export interface Setback {
  readonly kind: 'refused' | 'overloaded';
  readonly sentAtMs: number;
  readonly atMs: number;
  /** How long the provider asked to wait. */
  readonly retryAfterMs?: number;
  /** Its worker knew of no limit yet. */
  readonly unpaced?: boolean;
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
export function setBack(before: Pace, setback: Setback): Pace {
  const { sentAtMs, atMs } = setback;
  const askedMs = setback.retryAfterMs ?? (setback.kind === 'refused' ? UNTOLD_WAIT_MS : 0);
  const waitMs = Math.min(LONGEST_PACED_WAIT_MS, askedMs);
  const untilMs = Math.ceil((atMs + waitMs) / FLOOR_STEP_MS) * FLOOR_STEP_MS;
  const waiting = withWait(before, { sentAtMs, atMs, untilMs });
  if (setback.kind === 'overloaded') return slowedByOverload(waiting, setback);
  const costs = before.rate === undefined || setback.unpaced || isChance(before) ? 0 : 1;
  const pace = { ...withTaken(waiting, sentAtMs, -1), purse: waiting.purse - costs };
  if (sentAtMs < pace.cutAtMs) return { ...pace, unexplained: Math.max(0, pace.unexplained - 1) };
  if (setback.unpaced && pace.rate !== undefined) return pace;
  return cut(withoutFuture(pace, atMs), atMs, waitMs);
}

/** Start times that were given out and have not come yet say nothing of what the provider takes. */
function withoutFuture(pace: Pace, nowMs: number): Pace {
  const future = takenBetween(pace, (Math.floor(nowMs / 1_000) + 1) * 1_000 + 1, Number.POSITIVE_INFINITY);
  return {
    ...pace,
    takenSince: Math.max(0, pace.takenSince - future),
    takenSinceCut: Math.max(0, pace.takenSinceCut - future),
  };
}

/** What a refusal says of the limit depends on how it came about: decision 14 goes through the cases. */
function cut(pace: Pace, atMs: number, waitMs: number): Pace {
  const opensMs = atMs + waitMs;
  const stillInWindow = takenBetween(pace, opensMs - MINUTE_MS, atMs);
  const base = {
    ...pace,
    unexplained: unexplainedBy(pace, stillInWindow),
    cutAtMs: atMs,
    lastSlotMs: opensMs,
    emptySinceMs: atMs,
    takenSince: 0,
    takenSinceCut: 0,
  };
  if (isChance(base) && !isCrowded(pace)) return { ...base, doublesInMs: SEEK_MS };
  const inWindow = takenBetween(pace, atMs - MINUTE_MS, atMs);
  const isWindow = pace.isWindow || waitMs > Math.max(2_000, (3 * MINUTE_MS) / Math.max(1, inWindow));
  if (isWindow && (pace.rate !== undefined || inWindow >= ENOUGH_TAKEN)) {
    return measured({ ...base, isWindow }, opensMs, windowSize(pace, inWindow, stillInWindow));
  }
  const lately = 6 * takenBetween(pace, atMs - MINUTE_MS / 6, atMs);
  const counted = countedLimit(pace, atMs, lately);
  if (counted === undefined) return guessed(pace, base, Math.max(inWindow, lately));
  return measured(base, opensMs, counted);
}

/** What a window holds: the calls that are still in it when it opens. At first, and where hardly any are, that may be chance. */
function windowSize({ limit }: Pace, inWindow: number, stillInWindow: number): number {
  const isSure = limit !== undefined && stillInWindow >= CROWDED;
  return isSure ? stillInWindow : Math.max(stillInWindow, CUT * inWindow);
}

/** How much speaks for chance, after one more refusal: that a held rate is refused, and that refusals do not crowd. */
function unexplainedBy(pace: Pace, stillInWindow: number): number {
  const more = isLimited(pace) ? whileLimited(pace, stillInWindow) : whileGrowing(pace);
  return Math.min(MOST_UNEXPLAINED, Math.max(0, pace.unexplained + (isCrowded(pace) ? -2 : more)));
}

function isCrowded({ takenSinceCut }: Pace): boolean {
  return takenSinceCut < CROWDED;
}

/** A window that was found smaller again and again is none. */
function whileLimited({ isWindow, limit = 0, takenSinceCut }: Pace, stillInWindow: number): number {
  if (takenSinceCut > RARE) return 0;
  return !isWindow || stillInWindow < (1 - SAME_WITHIN) * limit ? 2 : 0;
}

/** A rise ends with a refusal where there is a limit; among refusals by chance it ends with none that crowds. */
function whileGrowing(pace: Pace): number {
  if (!isChance(pace)) return -1;
  return pace.takenSinceCut >= ENOUGH_TAKEN ? 1 : 0;
}

/** The limit by what was taken since the last refusal, where that was enough and went at an even pace. */
function countedLimit(pace: Pace, atMs: number, lately: number): number | undefined {
  if (
    pace.emptySinceMs === undefined ||
    pace.takenSince < (isLimited(pace) ? ENOUGH_TAKEN_LIMITED : ENOUGH_TAKEN)
  ) {
    return undefined;
  }
  const sinceMs = Math.max(1, atMs - pace.emptySinceMs);
  const counted = (pace.takenSince * MINUTE_MS) / sinceMs;
  const isEven = lately <= 2.5 * counted + 12 && counted <= 1.2 * (pace.limit ?? counted);
  return isEven && sinceMs <= LONGEST_COUNT_MS ? counted : undefined;
}

/** Half as fast, and counting on until there is enough to go by. */
function guessed(before: Pace, base: Pace, seen: number): Pace {
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

function measured(pace: Pace, fromMs: number, limit: number): Pace {
  const { doublesInMs: _, ...rest } = pace;
  return {
    ...rest,
    limit,
    rate: Math.max(SLOWEST, SHARE * limit),
    probeAtMs: fromMs + (isConfirmed(pace, limit) ? longProbeWaitMs(limit) : PROBE_WAIT_MS),
  };
}

function isConfirmed(pace: Pace, limit: number): boolean {
  const earlier = pace.limit ?? pace.earlierLimit;
  return earlier !== undefined && Math.abs(earlier / limit - 1) <= SAME_WITHIN;
}

function longProbeWaitMs(limit: number): number {
  return Math.min(
    LONGEST_PROBE_WAIT_MS,
    Math.max(PROBE_WAIT_MS, (limit - PROBE_WAIT_LONGER_ABOVE) * PROBE_WAIT_PER_LIMIT_MS),
  );
}

function slowedByOverload(pace: Pace, { sentAtMs, atMs }: Setback): Pace {
  if (pace.rate === undefined || sentAtMs < pace.cutAtMs || atMs - pace.cutAtMs < OVERLOAD_EVERY_MS)
    return pace;
  return { ...pace, rate: Math.max(SLOWEST, pace.rate * OVERLOAD_CUT), cutAtMs: atMs, doublesInMs: CREEP_MS };
}
