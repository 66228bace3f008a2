import { type CronCalendar, parseCron } from './cron.ts';
import type { Schedule } from './schedule.ts';
import { momentOf, parseWall, wallAt } from './wall-clock.ts';

type Planned = Pick<Schedule, 'timing' | 'timeZone' | 'startAt' | 'endAt'>;

const MINUTE_MS = 60_000;
/** Within it, an earlier moment may show a later time; clocks are set back by less. */
const MOST_BACK_MS = 3 * 3_600_000;

/** The scheduled times after a moment. As in EventBridge Scheduler, a skipped clock time is left out, a repeated one comes once. */
export function* scheduledAfter(schedule: Planned, afterMs: number): Generator<number> {
  const startMs = Date.parse(schedule.startAt);
  const endMs = schedule.endAt === undefined ? Number.POSITIVE_INFINITY : Date.parse(schedule.endAt);
  for (const ms of momentsAfter(schedule, Math.max(afterMs, startMs - 1))) {
    if (ms > endMs) return;
    yield ms;
  }
}

export function nextScheduled(schedule: Planned, afterMs: number, count: number): number[] {
  return [...scheduledAfter(schedule, afterMs).take(count)];
}

/** The latest scheduled moment after `afterMs` and not after `untilMs`. */
export function latestScheduled(schedule: Planned, afterMs: number, untilMs: number): number | undefined {
  const { startAt, endAt } = schedule;
  const leastMs = Math.max(afterMs + 1, Date.parse(startAt));
  const mostMs = Math.min(untilMs, endAt === undefined ? untilMs : Date.parse(endAt));
  for (const ms of momentsBack(schedule, mostMs)) {
    if (ms < leastMs) return undefined;
    if (ms <= mostMs) return ms;
  }
  return undefined;
}

function* momentsAfter({ timing, timeZone, startAt }: Planned, afterMs: number): Generator<number> {
  switch (timing.kind) {
    case 'cron': {
      const calendar = calendarOf(timing.expression);
      let wall = calendar.nextRun(new Date(wallAt(afterMs, timeZone)));
      for (; wall !== null; wall = calendar.nextRun(wall)) {
        const ms = momentOf(wall.getTime(), timeZone);
        if (ms !== undefined && ms > afterMs) yield ms;
      }
      return;
    }
    case 'rate': {
      const [startMs, everyMs] = [Date.parse(startAt), timing.minutes * MINUTE_MS];
      const passed = Math.floor((afterMs - startMs) / everyMs) + 1;
      for (let nth = Math.max(0, passed); ; nth += 1) yield startMs + nth * everyMs;
    }
    case 'at': {
      const ms = momentAt(timing.wall, timeZone);
      if (ms > afterMs) yield ms;
    }
  }
}

/** Backwards; the last few may be too late. */
function* momentsBack({ timing, timeZone, startAt }: Planned, fromMs: number): Generator<number> {
  switch (timing.kind) {
    case 'cron': {
      const calendar = calendarOf(timing.expression);
      let [wall] = calendar.previousRuns(1, new Date(wallAt(fromMs, timeZone) + MOST_BACK_MS));
      for (; wall !== undefined; [wall] = calendar.previousRuns(1, wall)) {
        const ms = momentOf(wall.getTime(), timeZone);
        if (ms !== undefined) yield ms;
      }
      return;
    }
    case 'rate': {
      const [startMs, everyMs] = [Date.parse(startAt), timing.minutes * MINUTE_MS];
      for (let nth = Math.floor((fromMs - startMs) / everyMs); nth >= 0; nth -= 1)
        yield startMs + nth * everyMs;
      return;
    }
    case 'at':
      yield momentAt(timing.wall, timeZone);
  }
}

/** A `dev` server asks every second. */
const CALENDARS = new Map<string, CronCalendar>();

function calendarOf(expression: string): CronCalendar {
  const known = CALENDARS.get(expression);
  if (known !== undefined) return known;
  const parsed = parseCron(expression);
  if (parsed.kind === 'problem') throw new Error(parsed.message);
  CALENDARS.set(expression, parsed.calendar);
  return parsed.calendar;
}

function momentAt(wall: string, timeZone: string): number {
  const ms = momentOf(parseWall(wall) ?? Number.NaN, timeZone);
  if (ms === undefined) throw new Error(`there is no ${wall} in ${timeZone}`);
  return ms;
}
