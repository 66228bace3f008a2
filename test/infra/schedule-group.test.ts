import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { describe, expect, onTestFinished, test } from 'vitest';
import { scheduleGroup } from '../../shared/aws/schedule-group.ts';
import type { Schedule } from '../../shared/domain/schedule/schedule.ts';
import { weekly } from '../support/schedules.ts';
import { NOON_MS } from '../support/test-clock.ts';
import { type Answer, startRecording } from './support/recording-server.ts';

const GONE: Answer = {
  status: 404,
  type: 'ResourceNotFoundException',
  body: { Message: 'no such schedule' },
};
const FINE: Answer = { status: 200, body: { ScheduleArn: 'arn:schedule' } };
const FUNCTION = 'arn:aws:lambda:us-east-1:1:function:pressrun-dev-schedule';
const ROLE = 'arn:aws:iam::1:role/scheduling';
const clock = { now: () => NOON_MS };

/** EventBridge Scheduler has no emulator here: what it would be sent is recorded. */
async function groupAgainst(answer: (method: string) => Answer, nowMs = NOON_MS, deadQueueArn?: string) {
  const { url, requests } = await startRecording(({ method }) => answer(method));
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new SchedulerClient({ endpoint: url, region: 'us-east-1', credentials, maxAttempts: 1 });
  onTestFinished(() => client.destroy());
  const options = {
    client,
    group: 'pressrun-dev',
    roleArn: ROLE,
    functionArn: FUNCTION,
    deadQueueArn,
    now: () => nowMs,
  };
  return { timetable: scheduleGroup(options), requests };
}

async function sentFor(schedule: Schedule, nowMs = NOON_MS): Promise<Record<string, unknown>> {
  const { timetable, requests } = await groupAgainst(() => FINE, nowMs);
  await timetable.keep(schedule);
  return requests[0]?.body as Record<string, unknown>;
}

describe('a schedule on AWS', () => {
  test('keeps undelivered triggers in the stage’s dead-letter queue', async () => {
    const dead = 'arn:aws:sqs:us-east-1:1:pressrun-dev-events-dead';
    const { timetable, requests } = await groupAgainst(() => FINE, NOON_MS, dead);

    await timetable.keep(weekly({ clock }));

    expect(requests[0]?.body).toMatchObject({ Target: { DeadLetterConfig: { Arn: dead } } });
  });

  test('is updated or created in the stage’s group, with its one target and the scheduled time', async () => {
    const { timetable, requests } = await groupAgainst((method) => (method === 'PUT' ? GONE : FINE));

    await timetable.keep(weekly({ clock }));

    const { ClientToken: _, ...body } = (requests[1]?.body ?? {}) as Record<string, unknown>;
    expect(requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'PUT /schedules/weekly',
      'POST /schedules/weekly',
    ]);
    expect(body).toEqual({
      GroupName: 'pressrun-dev',
      ScheduleExpression: 'cron(0 8 ? * 2 *)',
      ScheduleExpressionTimezone: 'Europe/Berlin',
      State: 'ENABLED',
      FlexibleTimeWindow: { Mode: 'OFF' },
      ActionAfterCompletion: 'NONE',
      Target: {
        Arn: FUNCTION,
        RoleArn: ROLE,
        Input: '{"schedule":"weekly","plannedAt":"<aws.scheduler.scheduled-time>"}',
        RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
      },
    });
  });

  test('that is paused is disabled there, with all else as it was: an update replaces the whole', async () => {
    expect(await sentFor(weekly({ clock }, { paused: true }))).toMatchObject({
      State: 'DISABLED',
      ScheduleExpression: 'cron(0 8 ? * 2 *)',
      Target: { Arn: FUNCTION },
    });
  });

  test('at a rate keeps its beat when it is resumed days later, by a start that is still to come', async () => {
    const rate = weekly(
      { clock },
      { timing: { kind: 'rate', minutes: 360 }, startAt: '2026-11-21T12:01:00Z' },
    );

    const first = await sentFor(rate);
    const later = await sentFor(rate, Date.parse('2026-11-25T10:00:00Z'));

    expect(first).toMatchObject({ ScheduleExpression: 'rate(360 minutes)' });
    expect(dateOf(first.StartDate)).toBe('2026-11-21T12:01:00.000Z');
    expect(dateOf(later.StartDate)).toBe('2026-11-25T12:01:00.000Z');
  });

  test('that runs once is at() a time of its zone, without bounds', async () => {
    const sent = await sentFor(weekly({ clock }, { timing: { kind: 'at', wall: '2026-12-24T18:00' } }));

    expect(sent).toMatchObject({
      ScheduleExpression: 'at(2026-12-24T18:00:00)',
      ScheduleExpressionTimezone: 'Europe/Berlin',
    });
    expect(sent).not.toHaveProperty('StartDate');
  });

  test('sends only future bounds, and nothing for a finished schedule', async () => {
    const bounded = weekly({ clock }, { startAt: '2026-12-01T00:00:00Z', endAt: '2026-12-31T00:00:00Z' });

    const [before, within, after] = [
      await sentFor(bounded),
      await sentFor(bounded, Date.parse('2026-12-10T00:00:00Z')),
      await sentFor(bounded, Date.parse('2027-01-10T00:00:00Z')),
    ];

    expect([before.StartDate, before.EndDate].map(dateOf)).toEqual([
      '2026-12-01T00:00:00.000Z',
      '2026-12-31T00:00:00.000Z',
    ]);
    expect([within.StartDate, within.EndDate].map(dateOf)).toEqual([undefined, '2026-12-31T00:00:00.000Z']);
    expect(after).toMatchObject({ State: 'DISABLED' });
    expect([after.StartDate, after.EndDate]).toEqual([undefined, undefined]);
  });

  test('is removed from its group; one that is gone already is no error', async () => {
    const { timetable, requests } = await groupAgainst(() => GONE);

    await timetable.drop('weekly');

    expect(requests.map(({ method, path }) => `${method} ${path.split('&')[0]}`)).toEqual([
      expect.stringMatching(/^DELETE \/schedules\/weekly\?(groupName=pressrun-dev|clientToken=)/),
    ]);
    expect(requests[0]?.path).toContain('groupName=pressrun-dev');
  });

  test('that AWS refuses is an error', async () => {
    const refusal = { status: 403, type: 'AccessDeniedException', body: { message: 'not authorized' } };
    const { timetable } = await groupAgainst(() => refusal);

    await expect(timetable.keep(weekly({ clock }))).rejects.toThrow('not authorized');
    await expect(timetable.drop('weekly')).rejects.toThrow('not authorized');
  });
});

function dateOf(seconds: unknown): string | undefined {
  return typeof seconds === 'number' ? new Date(seconds * 1_000).toISOString() : undefined;
}
