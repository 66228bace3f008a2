import { timeZone } from '../time/time-zone.ts';
import { parseCron } from './cron.ts';
import type { ScheduleTiming } from './schedule.ts';
import { momentOf, parseWall, wallText } from './wall-clock.ts';

/** A schedule's timing as flags say it. */
export interface AskedTiming {
  readonly cron?: string | undefined;
  readonly every?: string | undefined;
  readonly at?: string | undefined;
  readonly tz?: string | undefined;
  readonly start?: string | undefined;
  readonly end?: string | undefined;
}

type ParsedTiming =
  | {
      readonly kind: 'timing';
      readonly timing: ScheduleTiming;
      readonly timeZone: string;
      readonly startAt: string;
      readonly endAt?: string;
    }
  | { readonly kind: 'problem'; readonly message: string };

const MINUTE_MS = 60_000;
const MINUTES = { m: 1, h: 60, d: 1_440 } as const;
const MOST_MINUTES = 366 * MINUTES.d;

/** A problem is one line with the flag. */
export function parseTiming(asked: AskedTiming, nowMs: number): ParsedTiming {
  const { cron, every, at, tz = 'UTC' } = asked;
  if ([cron, every, at].filter((one) => one !== undefined).length !== 1) {
    return problem("say when, in one way: --cron '0 8 * * MON', --every 6h or --at 2026-12-24T18:00");
  }
  const zone = /^[A-Za-z]/.test(tz) ? timeZone(tz)?.name : undefined;
  if (zone === undefined)
    return problem(`--tz: there is no time zone "${tz}"; write it as Europe/Berlin or UTC`);
  const timing = timingOf(asked, zone, nowMs);
  if (timing.kind === 'problem') return timing;
  const start = boundOf('--start', asked.start, zone);
  if (typeof start === 'object') return start;
  const end = boundOf('--end', asked.end, zone);
  if (typeof end === 'object') return end;
  // Without a start, a rate begins with the next minute, as on AWS.
  const startMs = start ?? (Math.floor(nowMs / MINUTE_MS) + 1) * MINUTE_MS;
  if (end !== undefined && end <= Math.max(startMs, nowMs))
    return problem(`--end: ${asked.end} is not after its start and now`);
  return {
    kind: 'timing',
    timing,
    timeZone: zone,
    startAt: new Date(startMs).toISOString(),
    ...(end === undefined ? {} : { endAt: new Date(end).toISOString() }),
  };
}

type Problem = Extract<ParsedTiming, { kind: 'problem' }>;

function timingOf({ cron, every, at }: AskedTiming, zone: string, nowMs: number): ScheduleTiming | Problem {
  if (cron !== undefined) {
    const parsed = parseCron(cron);
    return parsed.kind === 'problem'
      ? problem(`--cron: ${parsed.message}`)
      : { kind: 'cron', expression: parsed.expression };
  }
  if (every !== undefined) {
    const [, count = '', unit = ''] = /^([1-9]\d{0,5})([mhd])$/.exec(every.trim()) ?? [];
    const minutes = Number(count) * (MINUTES[unit as keyof typeof MINUTES] ?? 0);
    if (minutes > 0 && minutes <= MOST_MINUTES) return { kind: 'rate', minutes };
    return problem(`--every: "${every}" is no length such as 90m, 6h or 2d, of at most 366 days`);
  }
  const wall = parseWall(at ?? '');
  if (wall === undefined) return problem(`--at: "${at}" is no time; write it as 2026-12-24T18:00`);
  const ms = momentOf(wall, zone);
  if (ms === undefined)
    return problem(`--at: ${at} doesn't exist in ${zone} (clocks skip that hour); choose another time`);
  if (ms <= nowMs) return problem(`--at: ${at} in ${zone} is over; it is ${wallText(nowMs, zone)} there`);
  return { kind: 'at', wall: new Date(wall).toISOString().slice(0, 16) };
}

function boundOf(flag: string, text: string | undefined, zone: string): number | undefined | Problem {
  if (text === undefined) return undefined;
  const wall = parseWall(text);
  const ms = wall === undefined ? undefined : momentOf(wall, zone);
  return (
    ms ?? problem(`${flag}: "${text}" is no time in ${zone}; write it as 2026-12-24 or 2026-12-24T18:00`)
  );
}

function problem(message: string): Problem {
  return { kind: 'problem', message };
}
