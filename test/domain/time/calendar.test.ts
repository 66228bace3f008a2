import { describe, expect, test } from 'vitest';
import {
  addDays,
  addMonths,
  daysIn,
  parseDay,
  weekOf,
  windowOfLast,
} from '../../../shared/domain/time/calendar.ts';
import { timeZone } from '../../../shared/domain/time/time-zone.ts';
import fc from '../../support/property.ts';

const anyDay = fc
  .date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));

describe('days', () => {
  test.each(['2026-02-29', '2026-13-01', '2026-1-1', '21.11.2026', '2026-11-21T00:00', '', '+02026-11-21'])(
    '%j is none',
    (text) => {
      expect(parseDay(text)).toBeUndefined();
    },
  );

  test('of a window are all there, in order, each once', () => {
    fc.assert(
      fc.property(anyDay, fc.integer({ min: 0, max: 800 }), (from, more) => {
        const days = daysIn({ from, to: addDays(from, more) });

        expect(days).toHaveLength(more + 1);
        expect([...new Set(days)].sort()).toEqual(days);
        expect(days.every((day) => parseDay(day) === day)).toBe(true);
      }),
    );
  });

  test('a month on are on the same day, or on the last of a shorter month', () => {
    expect(addMonths('2026-03-31', -1)).toBe('2026-02-28');
    expect(addMonths('2024-03-31', -1)).toBe('2024-02-29');
    expect(addMonths('2026-11-30', 3)).toBe('2027-02-28');
    expect(addMonths('2026-01-15', -13)).toBe('2024-12-15');
  });
});

describe('weeks', () => {
  test.each([
    ['2026-11-21', '2026-W47'],
    ['2027-01-01', '2026-W53'],
    ['2027-01-04', '2027-W01'],
    ['2024-12-30', '2025-W01'],
    ['2023-01-01', '2022-W52'],
  ])('%s is in %s', (day, week) => {
    expect(weekOf(day)).toBe(week);
  });

  test('have seven days from Monday on, and follow each other by name', () => {
    fc.assert(
      fc.property(anyDay, (day) => {
        const monday = addDays(day, -((new Date(day).getUTCDay() + 6) % 7));

        const week = daysIn({ from: monday, to: addDays(monday, 6) }).map(weekOf);

        expect(new Set(week)).toEqual(new Set([weekOf(day)]));
        expect(weekOf(addDays(monday, 7)) > weekOf(day)).toBe(true);
      }),
    );
  });
});

describe('the last days', () => {
  test.each([
    ['1d', '2026-11-21'],
    ['7d', '2026-11-15'],
    ['2w', '2026-11-08'],
    ['1m', '2026-10-22'],
    ['12m', '2025-11-22'],
  ])('%s up to 2026-11-21 begin on %s', (length, from) => {
    expect(windowOfLast(length, '2026-11-21')).toEqual({ from, to: '2026-11-21' });
  });

  test.each(['0d', '7', 'd', '-1d', '1.5w', '7 d', '9999d', '600w', '121m', '1y'])(
    '%j are none',
    (length) => {
      expect(windowOfLast(length, '2026-11-21')).toBeUndefined();
    },
  );
});

describe('a time zone', () => {
  test('says on which of its days a moment is, also when its clocks are put back', () => {
    const berlin = timeZone('Europe/Berlin');

    expect(berlin?.dayOf('2026-11-20T22:59:59.999Z')).toBe('2026-11-20');
    expect(berlin?.dayOf('2026-11-20T23:00:00.000Z')).toBe('2026-11-21');
    expect(berlin?.dayOf('2026-10-24T22:00:00.000Z')).toBe('2026-10-25');
    expect(berlin?.dayOf('2026-10-25T22:59:59.999Z')).toBe('2026-10-25');
    expect(berlin?.dayOf('2026-10-25T23:00:00.000Z')).toBe('2026-10-26');
    expect(timeZone('Asia/Kathmandu')?.dayOf('2026-11-20T18:15:00.000Z')).toBe('2026-11-21');
  });

  test('has days that begin by its local calendar', () => {
    const names = fc.constantFrom(
      'America/St_Johns',
      'Pacific/Kiritimati',
      'Asia/Kolkata',
      'Pacific/Pago_Pago',
    );
    fc.assert(
      fc.property(
        names,
        fc.date({ min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate: true }),
        (name, date) => {
          const at = date.toISOString();
          const [month, day, year] = date.toLocaleDateString('en-US', { timeZone: name }).split('/');

          const expected = `${year}-${month?.padStart(2, '0')}-${day?.padStart(2, '0')}`;
          expect(timeZone(name)?.dayOf(at)).toBe(expected);
          expect(Math.abs(Date.parse(expected) - Date.parse(at.slice(0, 10)))).toBeLessThanOrEqual(
            86_400_000,
          );
        },
      ),
    );
  });

  test('is UTC by any of its names, and undefined for an unknown one', () => {
    for (const name of ['UTC', 'Etc/UTC', 'GMT', 'utc']) expect(timeZone(name)?.isUtc, name).toBe(true);
    for (const name of ['Europe/Berlin', 'Europe/London']) expect(timeZone(name)?.isUtc).toBe(false);
    for (const name of ['', 'Mars/Olympus', 'Europe', '../etc']) expect(timeZone(name)).toBeUndefined();
  });
});
