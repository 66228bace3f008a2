import { Cron } from 'croner';
import { describe, expect, test } from 'vitest';
import { parseCron, toAwsCron } from '../../../shared/domain/schedule/cron.ts';
import fc from '../../support/property.ts';

test.each([
  ['0 8 * * 1', 'cron(0 8 ? * 2 *)'],
  ['0 8 * * SUN', 'cron(0 8 ? * 1 *)'],
  ['0 8 * * 7', 'cron(0 8 ? * 1 *)'],
  ['0 8 * * MON-FRI', 'cron(0 8 ? * 2,3,4,5,6 *)'],
  ['0 8 * * FRI-7', 'cron(0 8 ? * 1,6,7 *)'],
  ['*/15 9-11 * * *', 'cron(0,15,30,45 9,10,11 * * ? *)'],
  ['0 0 1,15 JAN,JUL ?', 'cron(0 0 1,15 1,7 ? *)'],
  ['0 0 ? */6 0', 'cron(0 0 ? 1,7 1 *)'],
  ['0 6 L * *', 'cron(0 6 L * ? *)'],
  ['0 6 15W * *', 'cron(0 6 15W * ? *)'],
  ['0 6 * * 5L', 'cron(0 6 ? * 6L *)'],
  ['0 6 * * FRI#2', 'cron(0 6 ? * 6#2 *)'],
  ['* * * * *', 'cron(* * * * ? *)'],
])('%s is %s on AWS, where Sunday is 1 and one of the two days is ?', (expression, aws) => {
  expect(parseCron(expression).kind).toBe('cron');
  expect(toAwsCron(expression)).toBe(aws);
});

test('the expression for AWS has the same times, read by the rules of AWS', () => {
  const minute = fc.constantFrom('0', '*/7', '5-20/5', '1,59', '*');
  const hour = fc.constantFrom('8', '*/5', '9-17', '*');
  const days = fc.constantFrom(
    ['*', '*'],
    ['?', 'MON-FRI'],
    ['*', '5-7'],
    ['*', '*/2'],
    ['?', '0,3'],
    ['1-31/6', '*'],
    ['L', '?'],
    ['15W', '*'],
    ['*', 'TUE#3'],
    ['*', '0L'],
  );
  const month = fc.constantFrom('*', '*/5', 'FEB,SEP', '11');
  const after = new Date('2026-11-21T12:00:00Z');
  fc.assert(
    fc.property(minute, hour, days, month, (minutes, hours, [day, weekday], months) => {
      const parsed = parseCron([minutes, hours, day, months, weekday].join(' '));
      if (parsed.kind === 'problem') throw new Error(parsed.message);
      const told = toAwsCron(parsed.expression).slice('cron('.length, -1);

      // Seconds before it, and Sunday as 1: croner's other way of counting.
      const theirs = new Cron(`0 ${told}`, {
        timezone: 'UTC',
        mode: '7-part',
        alternativeWeekdays: true,
        paused: true,
      });
      const ours = new Cron(parsed.expression, { timezone: 'UTC', paused: true });
      expect(theirs.nextRuns(8, after)).toEqual(ours.nextRuns(8, after));
    }),
    { numRuns: 80 },
  );
});

describe('refused, with the reason, is a cron expression', () => {
  test.each([
    ['0 8 31 2 *', 'it never matches a date'],
    ['0 8 30 FEB *', 'it never matches a date'],
    ['61 * * * *', 'Invalid value for minute: 61'],
    ['0 8 * *', 'five fields'],
    ['0 0 8 * * 1', 'five fields'],
    ['@weekly', 'five fields'],
    ['', 'five fields'],
    ['0 8 1 * MON', 'one of them must be *'],
    ['0 8 * * FRI#6', 'the day of the week cannot be read'],
    ['0 8 LW * *', 'the day of the month cannot be read'],
    ['H 8 * * *', ''],
    ['0 8 * * FRI-MON', 'larger'],
    ['0 25 * * *', 'Invalid value for hour'],
  ])('%s', (expression, why) => {
    const parsed = parseCron(expression);

    expect(parsed).toMatchObject({ kind: 'problem' });
    expect(parsed.kind === 'problem' ? parsed.message : '').toContain(why);
    expect(parsed.kind === 'problem' ? parsed.message : '\n').not.toContain('\n');
  });
});
