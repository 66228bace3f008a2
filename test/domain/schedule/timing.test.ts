import { expect, test } from 'vitest';
import { parseTiming } from '../../../shared/domain/schedule/timing.ts';
import { scheduleVariables } from '../../../shared/domain/schedule/variables.ts';
import { NOON_MS } from '../../support/test-clock.ts';

test.each([
  [{}, 'say when, in one way'],
  [{ cron: '0 8 * * *', every: '6h' }, 'say when, in one way'],
  [{ cron: '0 8 31 2 *' }, '--cron: "0 8 31 2 *" is not a usable cron expression: it never matches a date'],
  [{ cron: '0 8 * * *', tz: 'Mars/Olympus' }, '--tz: there is no time zone "Mars/Olympus"'],
  [{ cron: '0 8 * * *', tz: '+02:00' }, '--tz: there is no time zone "+02:00"'],
  [{ every: '0h' }, '--every: "0h" is no length'],
  [{ every: '90' }, '--every: "90" is no length'],
  [{ every: '9999d' }, '--every'],
  [{ at: '2026-11-21T12:00' }, '--at: 2026-11-21T12:00 in UTC is over; it is 2026-11-21 12:00 there'],
  [{ at: '2026-11-21T12:30', tz: 'Europe/Berlin' }, 'is over; it is 2026-11-21 13:00 there'],
  [{ at: '2026-02-30T08:00' }, '--at: "2026-02-30T08:00" is no time'],
  [{ at: '2027-03-28T02:30', tz: 'Europe/Berlin' }, 'clocks skip that hour'],
  [{ every: '1h', start: 'soon' }, '--start: "soon" is no time'],
  [{ every: '1h', end: '2026-11-20' }, '--end: 2026-11-20 is not after its start and now'],
])('%j is refused: %s', (asked, why) => {
  const parsed = parseTiming(asked, NOON_MS);

  expect(parsed).toEqual({ kind: 'problem', message: expect.stringContaining(why) });
});

test('a rate without a start begins with the next minute', () => {
  expect(parseTiming({ every: '6h' }, NOON_MS)).toMatchObject({
    timing: { kind: 'rate', minutes: 360 },
    startAt: '2026-11-21T12:01:00.000Z',
  });
});

test('start and end are times of the zone', () => {
  const asked = { cron: '0 8 * * *', tz: 'europe/berlin', start: '2026-12-01', end: '2026-12-24T18:00' };

  expect(parseTiming(asked, NOON_MS)).toMatchObject({
    timeZone: 'Europe/Berlin',
    startAt: '2026-11-30T23:00:00.000Z',
    endAt: '2026-12-24T17:00:00.000Z',
  });
});

test('the variables of a run are those of its planned time in its zone', () => {
  expect(scheduleVariables('2026-12-31T15:30:00Z', 'Asia/Seoul', 12)).toEqual({
    date: '2027-01-01',
    week: '2026-W53',
    month: '2027-01',
    run: '12',
  });
});
