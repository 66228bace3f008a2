import type { Schedule, ScheduleTiming } from '../../domain/schedule/schedule.ts';
import { nextScheduled } from '../../domain/schedule/scheduled-times.ts';
import type { RunInHistory } from './schedule-history.ts';

export interface ListedSchedule {
  readonly schedule: Schedule;
  readonly last: RunInHistory | undefined;
}

/** `cron 0 8 * * MON`, `every 6h`, `once 2026-12-24 18:00`. */
export function whenText(timing: ScheduleTiming): string {
  switch (timing.kind) {
    case 'cron':
      return `cron ${timing.expression}`;
    case 'rate':
      return `every ${lengthText(timing.minutes)}`;
    case 'at':
      return `once ${timing.wall.replace('T', ' ')}`;
  }
}

/** `over`: nothing is scheduled any more. */
export function stateOf(schedule: Schedule, nowMs: number): 'active' | 'paused' | 'over' {
  if (nextScheduled(schedule, nowMs, 1).length === 0) return 'over';
  return schedule.paused ? 'paused' : 'active';
}

/** One document a schedule; ISO 8601 in UTC, micro-credits. */
export function scheduleJson({ schedule, last }: ListedSchedule, nowMs: number) {
  const { name, timing, timeZone, sourceKey, overlap, catchUp, startAt, endAt } = schedule;
  const [nextMs] = nextScheduled(schedule, nowMs, 1);
  return {
    name,
    when: timing,
    timeZone,
    source: sourceKey,
    overlap,
    catchUp,
    state: stateOf(schedule, nowMs),
    startAt,
    endAt: endAt ?? null,
    next: nextMs === undefined || schedule.paused ? null : new Date(nextMs).toISOString(),
    last: last ?? null,
  };
}

function lengthText(minutes: number): string {
  if (minutes % 1_440 === 0) return `${minutes / 1_440}d`;
  return minutes % 60 === 0 ? `${minutes / 60}h` : `${minutes}m`;
}
