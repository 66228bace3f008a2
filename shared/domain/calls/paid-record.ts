/** A model's paid calls at a stage: how many brought an image. Decides when a streak without one is no chance any more. */
export interface PaidRecord {
  readonly images: number;
  /** Paid calls that brought no image, before the streak. */
  readonly useless: number;
  /** Paid calls without an image since the last one; and how many different items they were for, the latest named. */
  readonly streak: number;
  readonly streakItems: number;
  readonly streakNames: readonly string[];
  /** When the first call of the streak ended, and when its oldest call was sent. */
  readonly streakSinceMs: number;
  readonly streakSentMs: number;
  /** When the newest call that brought an image was sent. */
  readonly imageSentMs: number;
  /** The one call that may be in progress while the model is on trial. */
  readonly trial?: { readonly sinceMs: number; readonly untilMs: number };
}

/** A paid call that brought nothing. */
export interface UselessCall {
  /** Names the item in the fleet. */
  readonly item: string;
  readonly sentAtMs: number;
  readonly atMs: number;
  /** An answer came: what is lost on the way may be of one hiccup that cut many calls at once. */
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

/** So many paid calls for nothing are enough if a model has brought no image yet. */
export const FIRST_STREAK = 3;
/** A streak that chance brings about less often than this, in all calls so far, is no chance. */
const LEAST_CHANCE = 1e-6;
/** Longer than any call: the trial of a worker that died is over after it. */
const TRIAL_MS = 330_000;
/** By then all workers have seen the pause that a streak brings about: until then nobody tries. */
const PAUSE_SEEN_MS = 10_000;
const MOST_NAMES = 64;

/** Only the image of a call that was sent after the streak's first says that it is over: older calls say nothing of now. */
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
  // Calls that one hiccup cut at once are one piece of news.
  if (!call.arrived && streak > 0 && call.sentAtMs < streakSinceMs) return ended;
  // A call that was sent later has brought its image: what this one says is older.
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

/** A call has ended, or was not made after all: where it was the one on trial, another may follow. */
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

/** Whether the streak calls for a person. One item that brings nothing, however often, is that item's own trouble. */
export function isSystematic(record: PaidRecord): boolean {
  const { images, streak, streakItems } = record;
  if (images === 0) return streak >= FIRST_STREAK && streakItems > 1;
  return streakItems >= streakLimit(record);
}

/** On trial, one call at a time is made: before the first image, and while a streak is not broken. */
export function isOnTrial(record: PaidRecord): boolean {
  return record.images === 0 || isSystematic(record);
}

/** Whether a call of a model that is on trial may begin. */
export function mayBeginTrialCall({ trial }: PaidRecord, nowMs: number): boolean {
  return trial === undefined || trial.untilMs <= nowMs;
}

/** The record with one call on trial, or undefined while another one is: whoever writes it first makes the call. */
export function withTrial(record: PaidRecord, nowMs: number): PaidRecord | undefined {
  return mayBeginTrialCall(record, nowMs)
    ? { ...record, trial: { sinceMs: nowMs, untilMs: nowMs + TRIAL_MS } }
    : undefined;
}
