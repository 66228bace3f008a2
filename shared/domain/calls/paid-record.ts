/** A model's paid calls at a stage: how many brought an image. Decides when a streak without one is no chance any more. */
export interface PaidRecord {
  readonly images: number;
  /** Paid calls without an image before the streak. */
  readonly useless: number;
  /** Consecutive paid calls without an image; their different items, the latest named. */
  readonly streak: number;
  readonly streakItems: number;
  readonly streakNames: readonly string[];
  /** When the streak's first call ended, and when its oldest was sent. */
  readonly streakSinceMs: number;
  readonly streakSentMs: number;
  /** When the newest call with an image was sent. */
  readonly imageSentMs: number;
  /** The only call in progress while the model is on trial. */
  readonly trial?: { readonly sinceMs: number; readonly untilMs: number };
}

export interface UselessCall {
  /** Identifies the item. */
  readonly item: string;
  readonly sentAtMs: number;
  readonly atMs: number;
  /** A response arrived; a lost one may belong to an outage that cut many calls. */
  readonly arrived: boolean;
}

export const NO_RECORD: PaidRecord = {
  images: 0,
  useless: 0,
  streak: 0,
  streakItems: 0,
  streakNames: [],
  streakSinceMs: 0,
  streakSentMs: 0,
  imageSentMs: 0,
};

/** Paid calls without any image that suffice for a new model. */
export const FIRST_STREAK = 3;
/** A streak less likely than this, over all calls, is no chance. */
const LEAST_CHANCE = 1e-6;
/** Longer than any call, so that a dead worker's trial ends. */
const TRIAL_MS = 330_000;
/** By then all workers have seen the streak's pause. */
const PAUSE_SEEN_MS = 10_000;
const MOST_NAMES = 64;

/** Only the image of a call sent after the streak began ends it. */
export function afterImage(record: PaidRecord, sentAtMs: number): PaidRecord {
  const { useless, streak } = record;
  const imaged = {
    ...afterTrial(record, sentAtMs),
    images: record.images + 1,
    imageSentMs: Math.max(record.imageSentMs, sentAtMs),
  };
  if (streak === 0 || sentAtMs <= record.streakSentMs) return imaged;
  const { streakNames, streakSinceMs, streakSentMs } = NO_RECORD;
  return {
    ...imaged,
    useless: useless + streak,
    streak: 0,
    streakItems: 0,
    streakNames,
    streakSinceMs,
    streakSentMs,
  };
}

export function afterUseless(record: PaidRecord, call: UselessCall): PaidRecord {
  const { streak, streakItems, streakNames, streakSinceMs } = record;
  const ended = afterTrial(record, call.sentAtMs);
  // Calls cut by one outage are one piece of news.
  if (!call.arrived && streak > 0 && call.sentAtMs < streakSinceMs) return ended;
  // A later call has brought its image.
  if (call.sentAtMs < record.imageSentMs) return { ...ended, useless: record.useless + 1 };
  const isNew = !streakNames.includes(call.item);
  const counted = {
    ...ended,
    streak: streak + 1,
    streakItems: streakItems + (isNew ? 1 : 0),
    streakNames: isNew ? [...streakNames, call.item].slice(-MOST_NAMES) : streakNames,
    streakSinceMs: streak === 0 ? call.atMs : streakSinceMs,
    streakSentMs: streak === 0 ? call.sentAtMs : Math.min(record.streakSentMs, call.sentAtMs),
  };
  if (!isSystematic(counted)) return counted;
  return { ...counted, trial: { sinceMs: call.atMs, untilMs: call.atMs + PAUSE_SEEN_MS } };
}

/** A call ended or was not made; if it was the trial, another may follow. */
export function afterTrial(record: PaidRecord, sentAtMs: number): PaidRecord {
  const { trial, ...others } = record;
  return trial !== undefined && sentAtMs >= trial.sinceMs ? others : record;
}

/**
 * How many items in a row may cost something and bring nothing: with the rate before the streak, the least number rarer
 * than one in a million over all calls. The rate counts half a useless call more (Jeffreys' prior), so it is never 0.
 */
export function streakLimit({ images, useless }: PaidRecord): number {
  if (images === 0) return FIRST_STREAK;
  const calls = images + useless;
  const rate = (useless + 0.5) / (calls + 1);
  return Math.max(FIRST_STREAK, Math.ceil(Math.log(LEAST_CHANCE / calls) / Math.log(rate)));
}

/** Whether the streak needs you. One item's failures are its own. */
export function isSystematic(record: PaidRecord): boolean {
  const { images, streak, streakItems } = record;
  if (images === 0) return streak >= FIRST_STREAK && streakItems > 1;
  return streakItems >= streakLimit(record);
}

/** On trial, before the first image or during a streak, there is one call at a time. */
export function isOnTrial(record: PaidRecord): boolean {
  return record.images === 0 || isSystematic(record);
}

export function mayBeginTrialCall({ trial }: PaidRecord, nowMs: number): boolean {
  return trial === undefined || trial.untilMs <= nowMs;
}

/** The record with a call on trial, or undefined while there is one: the first to write it makes the call. */
export function withTrial(record: PaidRecord, nowMs: number): PaidRecord | undefined {
  return mayBeginTrialCall(record, nowMs)
    ? { ...record, trial: { sinceMs: nowMs, untilMs: nowMs + TRIAL_MS } }
    : undefined;
}
