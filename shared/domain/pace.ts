/**
 * How fast the fleet may call one model, learnt from its answers: plain data, changed by pure functions. Decision 0007
 * says why it is as it is. Times are epoch milliseconds, rates are requests a minute.
 */
export interface Pace {
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
  readonly purse: number;
  /** No call begins before: what the provider asked for. */
  readonly notBeforeMs: number;
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

export const NO_PACE: Pace = {
  probeAtMs: 0,
  purse: 10,
  notBeforeMs: 0,
  lastSlotMs: 0,
  cutAtMs: 0,
  takenSince: 0,
  takenSinceCut: 0,
  unexplained: 0,
  taken: {},
};

const MINUTE_MS = 60_000;
/** What a refused call without a word on how long has to wait. */
const UNTOLD_WAIT_MS = 1_000;
/** Waits end at such moments, so that a hundred workers that are refused at once have one and the same to tell. */
const FLOOR_STEP_MS = 250;
/** So much of a measured limit is used; the rest is for clocks and the network. */
const SHARE = 0.97;
/** Calls that must have been taken since the provider was last at its limit before their number says what the limit is. */
const ENOUGH_TAKEN = 8;
const ENOUGH_TAKEN_HELD = 4;
/** After so many unexplained refusals they are taken as chance. */
const UNEXPLAINED_FOR_CHANCE = 3;
const MOST_UNEXPLAINED = 6;
/** How long such a count may be. */
const LONGEST_COUNT_MS = 400_000;
const CUT = 0.5;
/** What one worker has seen of a fleet's first calls may be few of them. */
const LEAST_SEEN = 60;
const CUT_BY_CHANCE = 0.75;
const OVERLOAD_CUT = 0.85;
const OVERLOAD_EVERY_MS = 10_000;
const SLOWEST = 1;
const CREEP_MS = 40_000;
const FIRST_CREEP_MS = 10_000;
const CREEP_CALLS = 20;
const SEEK_MS = 4_500;
const SEEK_FROM = 1.7;
const HOLD_MS = 38_000;
/** Two measurements that are so near each other confirm each other. */
const SAME_WITHIN = 0.1;
const HELD_LONGER_ABOVE = 20;
const HOLD_PER_LIMIT_MS = 3_000;
const LONGEST_HOLD_MS = 300_000;
const PURSE_PER_CALL = 0.02;
const FULL_PURSE = 20;
/** Slots that were missed by so much are made up for. */
const CATCH_UP_MS = 2_000;
/** A rate beyond this is none. */
const NO_LIMIT = 6_000;

/** Gives out up to `wanted` start times until `untilMs`, in order. */
export function reserve(
  before: Pace,
  nowMs: number,
  untilMs: number,
  wanted: number,
): { pace: Pace; slots: number[] } {
  let pace = before;
  const slots: number[] = [];
  while (slots.length < wanted) {
    const grown = grow(pace, nowMs);
    const atMs = nextSlotMs(grown, nowMs);
    if (atMs > untilMs) break;
    slots.push(Math.max(atMs, nowMs));
    pace = withTaken({ ...grown, lastSlotMs: atMs }, Math.max(atMs, nowMs), 1);
  }
  return { pace: { ...pace, isSlack: slots.length === wanted }, slots };
}

/** Counts calls that were sent without a slot, or takes back slots that were not used (`calls` below 0). */
export function withTaken(pace: Pace, atMs: number, calls: number): Pace {
  const second = String(Math.floor(atMs / 1_000));
  const recent = pace.taken[second] === undefined ? withoutOld(pace.taken, atMs) : pace.taken;
  const taken = { ...recent, [second]: Math.max(0, (pace.taken[second] ?? 0) + calls) };
  const counts = pace.emptySinceMs !== undefined && atMs >= pace.emptySinceMs;
  const purse = calls > 0 ? Math.min(FULL_PURSE, pace.purse + PURSE_PER_CALL * calls) : pace.purse;
  const takenSince = counts ? Math.max(0, pace.takenSince + calls) : pace.takenSince;
  const takenSinceCut = atMs >= pace.cutAtMs ? Math.max(0, pace.takenSinceCut + calls) : pace.takenSinceCut;
  return { ...withLateCount(pace, atMs, calls), taken, purse, takenSince, takenSinceCut };
}

/** What other workers began before a window was found full, and tell only now, was in that window too. */
function withLateCount(pace: Pace, atMs: number, calls: number): Pace {
  if (!pace.isWindow || !isHeld(pace) || pace.limit === undefined || atMs >= pace.cutAtMs) return pace;
  if (atMs < pace.notBeforeMs - MINUTE_MS) return pace;
  const limit = Math.max(SLOWEST, pace.limit + calls);
  return { ...pace, limit, rate: SHARE * limit };
}

/** Learns from a refusal or an overload. */
export function setBack(before: Pace, setback: Setback): Pace {
  const { sentAtMs, atMs } = setback;
  const waitMs = setback.retryAfterMs ?? (setback.kind === 'refused' ? UNTOLD_WAIT_MS : 0);
  const notBeforeMs = Math.ceil((atMs + waitMs) / FLOOR_STEP_MS) * FLOOR_STEP_MS;
  const waiting = { ...before, notBeforeMs: Math.max(before.notBeforeMs, notBeforeMs) };
  if (setback.kind === 'overloaded') return slowedByOverload(waiting, setback);
  const costs = before.rate === undefined || setback.unpaced ? 0 : 1;
  const pace = { ...withTaken(waiting, sentAtMs, -1), purse: waiting.purse - costs };
  if (sentAtMs < pace.cutAtMs || (setback.unpaced && pace.rate !== undefined)) return pace;
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

/** What a refusal says of the limit depends on how it came about: decision 0007 goes through the cases. */
function cut(pace: Pace, atMs: number, waitMs: number): Pace {
  const opensMs = atMs + waitMs;
  const inWindow = takenBetween(pace, atMs - MINUTE_MS, atMs);
  const base = {
    ...pace,
    cutAtMs: atMs,
    lastSlotMs: opensMs,
    emptySinceMs: atMs,
    takenSince: 0,
    takenSinceCut: 0,
  };
  if (pace.isWindow || waitMs > Math.max(2_000, (3 * MINUTE_MS) / Math.max(1, inWindow))) {
    return measured({ ...base, isWindow: true }, opensMs, takenBetween(pace, opensMs - MINUTE_MS, atMs));
  }
  const lately = 6 * takenBetween(pace, atMs - MINUTE_MS / 6, atMs);
  const counted = countedLimit(pace, atMs, lately);
  const isBlind = isChance(pace) && pace.takenSinceCut >= ENOUGH_TAKEN;
  if (counted === undefined) return guessed(pace, base, Math.max(inWindow, lately));
  const isProbe = pace.limit !== undefined && !isHeld(pace);
  const more = isHeld(pace) || isBlind ? 1 : isProbe ? -1 : 0;
  const unexplained = Math.min(MOST_UNEXPLAINED, Math.max(0, pace.unexplained + more));
  if (isBlind) return { ...base, unexplained, doublesInMs: SEEK_MS };
  return measured({ ...base, unexplained }, opensMs, counted);
}

/** The limit by what was taken since the last refusal, where that was enough and went at an even pace. */
function countedLimit(pace: Pace, atMs: number, lately: number): number | undefined {
  if (
    pace.emptySinceMs === undefined ||
    pace.takenSince < (isHeld(pace) ? ENOUGH_TAKEN_HELD : ENOUGH_TAKEN)
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
    unexplained: Math.max(0, before.unexplained - (before.takenSinceCut < 3 ? 1 : 0)),
    rate: Math.max(
      SLOWEST,
      (isChance(before) ? CUT_BY_CHANCE : CUT) * (before.rate ?? Math.max(LEAST_SEEN, seen)),
    ),
    doublesInMs: before.rate === undefined ? FIRST_CREEP_MS : before.unexplained > 0 ? SEEK_MS : CREEP_MS,
  };
}

const isChance = (pace: Pace) => pace.unexplained >= UNEXPLAINED_FOR_CHANCE;
const isHeld = (pace: Pace) => pace.limit !== undefined && pace.doublesInMs === undefined;

function measured(pace: Pace, fromMs: number, limit: number): Pace {
  const { doublesInMs: _, ...rest } = pace;
  return {
    ...rest,
    limit,
    rate: Math.max(SLOWEST, SHARE * limit),
    probeAtMs: fromMs + (isConfirmed(pace, limit) ? longHoldMs(limit) : HOLD_MS),
  };
}

function isConfirmed(pace: Pace, limit: number): boolean {
  const earlier = pace.limit ?? pace.earlierLimit;
  return earlier !== undefined && Math.abs(earlier / limit - 1) <= SAME_WITHIN;
}

function longHoldMs(limit: number): number {
  return Math.min(LONGEST_HOLD_MS, Math.max(HOLD_MS, (limit - HELD_LONGER_ABOVE) * HOLD_PER_LIMIT_MS));
}

function slowedByOverload(pace: Pace, { sentAtMs, atMs }: Setback): Pace {
  if (pace.rate === undefined || sentAtMs < pace.cutAtMs || atMs - pace.cutAtMs < OVERLOAD_EVERY_MS)
    return pace;
  return { ...pace, rate: Math.max(SLOWEST, pace.rate * OVERLOAD_CUT), cutAtMs: atMs, doublesInMs: CREEP_MS };
}

/** A rate grows only while it is used: with each slot, by the time since the one before it. */
function grow(pace: Pace, nowMs: number): Pace {
  if (pace.rate === undefined) return pace;
  if (pace.doublesInMs === undefined) {
    if (nowMs < pace.probeAtMs + (pace.purse >= 1 ? 0 : LONGEST_HOLD_MS - HOLD_MS)) return pace;
    return { ...pace, rate: pace.rate * SEEK_FROM, doublesInMs: SEEK_MS };
  }
  if (pace.isSlack) return pace;
  const spacingMs = MINUTE_MS / pace.rate;
  const sinceMs = Math.min(
    3 * spacingMs,
    Math.max(0, Math.max(nowMs, pace.lastSlotMs + spacingMs) - pace.lastSlotMs),
  );
  const rate =
    pace.rate * 2 ** (sinceMs / Math.min(pace.doublesInMs, Math.max(SEEK_MS, CREEP_CALLS * spacingMs)));
  if (rate <= NO_LIMIT) return { ...pace, rate };
  const { rate: _, limit: __, doublesInMs: ___, ...free } = pace;
  return free;
}

function nextSlotMs(pace: Pace, nowMs: number): number {
  if (pace.rate === undefined) return Math.max(nowMs, pace.notBeforeMs);
  const onLineMs = Math.max(pace.lastSlotMs + MINUTE_MS / pace.rate, pace.notBeforeMs, nowMs - CATCH_UP_MS);
  if (!pace.isWindow || pace.limit === undefined || pace.doublesInMs !== undefined) return onLineMs;
  return Math.max(onLineMs, windowOpensMs(pace, Math.max(onLineMs, nowMs), pace.limit));
}

/** When fewer than `most` calls are in the 60 s before. */
function windowOpensMs(pace: Pace, fromMs: number, most: number): number {
  let inWindow = takenBetween(pace, fromMs - MINUTE_MS, Number.POSITIVE_INFINITY);
  if (inWindow < most) return fromMs;
  for (const second of secondsOf(pace)) {
    if ((second + 1) * 1_000 <= fromMs - MINUTE_MS) continue;
    inWindow -= pace.taken[String(second)] ?? 0;
    if (inWindow < most) return (second + 1) * 1_000 + MINUTE_MS;
  }
  return fromMs;
}

export function takenBetween(pace: Pace, fromMs: number, toMs: number): number {
  let calls = 0;
  for (const second of secondsOf(pace)) {
    if ((second + 1) * 1_000 > fromMs && second * 1_000 <= toMs) calls += pace.taken[String(second)] ?? 0;
  }
  return calls;
}

function withoutOld(taken: Pace['taken'], nowMs: number): Pace['taken'] {
  const oldest = Math.floor((nowMs - MINUTE_MS) / 1_000);
  return Object.fromEntries(Object.entries(taken).filter(([second]) => Number(second) >= oldest));
}

function secondsOf(pace: Pace): number[] {
  return Object.keys(pace.taken)
    .map(Number)
    .sort((a, b) => a - b);
}

/** Held at what configuration says, where it does. */
export function pinned(pace: Pace, requestsPerMinute: number | undefined): Pace {
  if (requestsPerMinute === undefined) return pace;
  const { doublesInMs: _, ...held } = pace;
  return { ...held, rate: requestsPerMinute, limit: requestsPerMinute, probeAtMs: Number.MAX_SAFE_INTEGER };
}
