import type { Metadata } from '../batch/batch-options.ts';

/** When a schedule runs, in its own zone. */
export type ScheduleTiming =
  /** Five fields in capitals: `0 8 * * MON`. */
  | { readonly kind: 'cron'; readonly expression: string }
  /** From the schedule's start; a day is 24 hours. */
  | { readonly kind: 'rate'; readonly minutes: number }
  /** Once: `2026-12-24T18:00`. */
  | { readonly kind: 'at'; readonly wall: string };

/** What happens to a run while the previous batch is unfinished. */
export const OVERLAPS = ['skip', 'queue'] as const;
type Overlap = (typeof OVERLAPS)[number];

/** Which runs missed without a `dev` server are made up for. */
export const CATCH_UPS = ['skip', 'latest'] as const;
type CatchUp = (typeof CATCH_UPS)[number];

export interface Schedule {
  readonly name: string;
  readonly timing: ScheduleTiming;
  /** IANA name. */
  readonly timeZone: string;
  /** Read at each run. */
  readonly sourceKey: string;
  /** The source was stored with the schedule, and is removed with it. */
  readonly ownsSource: boolean;
  /** Its batches' options, as object metadata. */
  readonly metadata: Metadata;
  readonly overlap: Overlap;
  readonly catchUp: CatchUp;
  readonly paused: boolean;
  readonly createdAt: string;
  /** Nothing runs before; a rate counts from here. */
  readonly startAt: string;
  /** Nothing runs after. */
  readonly endAt?: string;
  /** The number of the last run. */
  readonly runs: number;
  /** Runs up to here were handled by the `dev` server. */
  readonly seenUntil: string;
}

/** Valid for table, object keys, EventBridge Scheduler and tags. */
export function isScheduleName(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9_.-]{0,59}$/.test(text);
}

/** The tag on every item of a schedule; it can't be given. */
export const SCHEDULE_TAG = 'schedule';
