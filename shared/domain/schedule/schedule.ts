import type { Metadata } from '../batch/batch-options.ts';

/** When a schedule's runs are planned. Times are those of the schedule's own zone. */
export type ScheduleTiming =
  /** Five fields, in capitals: `0 8 * * MON`. */
  | { readonly kind: 'cron'; readonly expression: string }
  /** From the schedule's start on; a day is 24 hours, even if clocks change. */
  | { readonly kind: 'rate'; readonly minutes: number }
  /** Once: `2026-12-24T18:00`. */
  | { readonly kind: 'at'; readonly wall: string };

/** What becomes of a run while the batch of the one before is not over. */
export const OVERLAPS = ['skip', 'queue'] as const;
type Overlap = (typeof OVERLAPS)[number];

/** What becomes of runs that were planned while no `dev` server ran: none of them, or the latest one. */
export const CATCH_UPS = ['skip', 'latest'] as const;
type CatchUp = (typeof CATCH_UPS)[number];

/** A batch that comes again: which file, when, and with which options. */
export interface Schedule {
  readonly name: string;
  readonly timing: ScheduleTiming;
  /** IANA name. */
  readonly timeZone: string;
  /** Read at each run. */
  readonly sourceKey: string;
  /** Whether the source was stored with the schedule, and goes with it. */
  readonly ownsSource: boolean;
  /** Options of its batches, as an uploaded object's metadata has them. */
  readonly metadata: Metadata;
  readonly overlap: Overlap;
  readonly catchUp: CatchUp;
  readonly paused: boolean;
  readonly createdAt: string;
  /** Nothing is planned before it; a rate counts from here. */
  readonly startAt: string;
  /** Nothing is planned after it. */
  readonly endAt?: string;
  /** How many runs were started: the number of the last one. */
  readonly runs: number;
  /** Runs planned up to here were seen to, by the `dev` server. */
  readonly seenUntil: string;
}

/** A name that every place takes: table, object keys, EventBridge Scheduler, a tag. */
export function isScheduleName(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9_.-]{0,59}$/.test(text);
}

/** The tag of every item that a schedule had made; it is the schedule's own and cannot be given. */
export const SCHEDULE_TAG = 'schedule';
