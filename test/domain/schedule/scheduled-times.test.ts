import { describe, expect, test } from 'vitest';
import { parseCron } from '../../../shared/domain/schedule/cron.ts';
import type { ScheduleTiming } from '../../../shared/domain/schedule/schedule.ts';
import {
  latestScheduled,
  nextScheduled,
  scheduledAfter,
} from '../../../shared/domain/schedule/scheduled-times.ts';
import { wallText } from '../../../shared/domain/schedule/wall-clock.ts';
import fc from '../../support/property.ts';

const BERLIN = 'Europe/Berlin';

function cron(expression: string, timeZone: string, more: { startAt?: string; endAt?: string } = {}) {
  const timing: ScheduleTiming = { kind: 'cron', expression };
  return { timing, timeZone, startAt: '2020-01-01T00:00:00Z', ...more };
}

function next(schedule: Parameters<typeof nextScheduled>[0], after: string, count: number): string[] {
  return nextScheduled(schedule, Date.parse(after), count).map((ms) =>
    new Date(ms).toISOString().slice(0, 16),
  );
}

describe('the planned times of a weekly schedule', () => {
  test('are eight in the morning of every Monday of the year, in winter and in summer', () => {
    const yearEndMs = Date.parse('2028-01-01T00:00:00+01:00');
    const times: number[] = [];
    for (const ms of scheduledAfter(cron('0 8 * * 1', BERLIN), Date.parse('2026-12-31T23:00:00Z') - 1)) {
      if (ms >= yearEndMs) break;
      times.push(ms);
    }

    const told = times.map((ms) =>
      new Date(ms).toLocaleString('en-GB', {
        timeZone: BERLIN,
        weekday: 'long',
        timeStyle: undefined,
        hour: '2-digit',
        minute: '2-digit',
      }),
    );
    expect(times).toHaveLength(52);
    expect(new Set(told)).toEqual(new Set(['Monday 08:00']));
    expect(new Set(times.map((ms) => new Date(ms).getUTCHours()))).toEqual(new Set([6, 7]));
  });
});

describe('when clocks are set forward', () => {
  test('a time that they are set over is left out, and comes again the next day', () => {
    expect(next(cron('30 2 * * *', BERLIN), '2027-03-27T00:00:00Z', 3)).toEqual([
      '2027-03-27T01:30',
      '2027-03-29T00:30',
      '2027-03-30T00:30',
    ]);
  });

  test('every half hour stays every half hour', () => {
    expect(next(cron('*/30 * * * *', BERLIN), '2027-03-28T00:00:00Z', 4)).toEqual([
      '2027-03-28T00:30',
      '2027-03-28T01:00',
      '2027-03-28T01:30',
      '2027-03-28T02:00',
    ]);
  });
});

describe('when clocks are set back', () => {
  test('a time that they show twice comes once, the first time', () => {
    expect(next(cron('30 2 * * *', BERLIN), '2027-10-30T12:00:00Z', 2)).toEqual([
      '2027-10-31T00:30',
      '2027-11-01T01:30',
    ]);
    expect(next(cron('30 1 * * *', 'America/New_York'), '2027-11-06T12:00:00Z', 2)).toEqual([
      '2027-11-07T05:30',
      '2027-11-08T06:30',
    ]);
  });
});

describe('other times', () => {
  test('of a rate count from its start, days being 24 hours', () => {
    const daily = {
      timing: { kind: 'rate', minutes: 1_440 } as const,
      timeZone: BERLIN,
      startAt: '2027-03-27T07:00:00Z',
    };

    expect(nextScheduled(daily, 0, 3).map((ms) => wallText(ms, BERLIN))).toEqual([
      '2027-03-27 08:00',
      '2027-03-28 09:00',
      '2027-03-29 09:00',
    ]);
  });

  test('of a one-off are one, in its zone', () => {
    const once = {
      timing: { kind: 'at', wall: '2026-12-24T18:00' } as const,
      timeZone: 'Asia/Seoul',
      startAt: '2026-11-21T00:00:00Z',
    };

    expect(next(once, '2026-11-21T00:00:00Z', 5)).toEqual(['2026-12-24T09:00']);
    expect(next(once, '2026-12-24T09:00:00Z', 5)).toEqual([]);
  });

  test('lie between start and end, both included', () => {
    const bounds = { startAt: '2026-11-22T08:00:00Z', endAt: '2026-11-24T08:00:00Z' };

    expect(next(cron('0 8 * * *', 'UTC', bounds), '2026-11-01T00:00:00Z', 9)).toEqual([
      '2026-11-22T08:00',
      '2026-11-23T08:00',
      '2026-11-24T08:00',
    ]);
  });
});

test('the latest planned time is the last of those that were planned, whatever the clocks did', () => {
  const expressions = ['0 8 * * 1', '30 2 * * *', '*/20 * * * *', '15 1-3 * * 0', '0 0 L * *', '5 0 15W * *'];
  const zones = [
    BERLIN,
    'UTC',
    'America/New_York',
    'Australia/Lord_Howe',
    'Asia/Kolkata',
    'America/Sao_Paulo',
  ];
  const moment = fc.integer({ min: Date.parse('2026-01-01'), max: Date.parse('2028-01-01') });
  fc.assert(
    fc.property(
      fc.constantFrom(...expressions),
      fc.constantFrom(...zones),
      moment,
      fc.integer({ min: 0, max: 3 * 86_400_000 }),
      (expression, zone, fromMs, lengthMs) => {
        const schedule = cron(expression, zone);
        const untilMs = fromMs + lengthMs;
        let last: number | undefined;
        for (const ms of scheduledAfter(schedule, fromMs)) {
          if (ms > untilMs) break;
          last = ms;
        }
        expect(latestScheduled(schedule, fromMs, untilMs)).toBe(last);
      },
    ),
    { numRuns: 60 },
  );
});

test('the planned times of any zone rise, and each is a time that its clocks show', () => {
  for (const zone of ['Africa/Cairo', 'America/St_Johns', 'Pacific/Apia', BERLIN]) {
    const times = nextScheduled(cron('30 0,2 * * *', zone), Date.parse('2027-01-01T00:00:00Z'), 720);

    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(new Set(times.map((ms) => wallText(ms, zone).slice(11)))).toEqual(new Set(['00:30', '02:30']));
  }
});

test('only expressions that are read are planned with', () => {
  expect(parseCron('0 8 * * mon-fri')).toMatchObject({ kind: 'cron', expression: '0 8 * * MON-FRI' });
});
