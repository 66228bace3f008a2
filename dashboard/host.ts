import type { BatchId } from '../shared/domain/ids.ts';
import type { Effects } from '../shared/pipeline/effects.ts';
import type { ScheduleTriggers } from '../shared/pipeline/schedule/schedules.ts';

/** What becomes of a batch that the page has started or resumed. */
export type WorkStarted =
  /** Workers are at it: in this process, in another one, or in the deployed stage. */
  | { readonly kind: 'working'; readonly note?: string }
  | { readonly kind: 'problem'; readonly message: string };

/** The stage behind the page, opened by whoever starts the dashboard with the user's own credentials. */
export interface DashboardHost {
  readonly effects: Effects;
  readonly stage: string;
  readonly region: string | undefined;
  /** On this machine, in a folder. */
  readonly isLocal: boolean;
  readonly isSimulated: boolean;
  /** As commands name the stage: empty, ` --simulate`, ` --stage NAME`. */
  readonly flag: string;
  readonly version: string;
  /** Who sets marks. */
  readonly user: string;
  readonly callsAtOnce: number;
  withTimetable<Result>(act: (timetable: ScheduleTriggers) => Promise<Result>): Promise<Result>;
  /** Has a batch worked on; the user asked for it in the page. */
  work(batch: BatchId, uploadKey: string): Promise<WorkStarted>;
  /** Whether anybody works in the stage. */
  isWorkedOn(): Promise<boolean>;
}
