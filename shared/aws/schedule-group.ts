import {
  CreateScheduleCommand,
  DeleteScheduleCommand,
  ResourceNotFoundException,
  type SchedulerClient,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import { toAwsCron } from '../domain/schedule/cron.ts';
import type { Schedule, ScheduleTiming } from '../domain/schedule/schedule.ts';
import { nextScheduled } from '../domain/schedule/scheduled-times.ts';
import type { ScheduleTriggers } from '../pipeline/schedule/schedules.ts';

/** A stage's schedules on AWS, by its stack's record. */
interface ScheduleGroupOptions {
  readonly client: Pick<SchedulerClient, 'send'>;
  readonly group: string;
  /** The role of EventBridge Scheduler. */
  readonly roleArn: string;
  readonly functionArn: string;
  readonly deadQueueArn?: string | undefined;
  readonly now: () => number;
}

/** EventBridge Scheduler replaces it by the scheduled time, not the call's. */
const PLANNED_TIME = '<aws.scheduler.scheduled-time>';
/** EventBridge Scheduler's defaults, stated explicitly. */
const RETRY = { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 };

/** Schedules in a group of EventBridge Scheduler, each with the stage's function as target. */
export function scheduleGroup(options: ScheduleGroupOptions): ScheduleTriggers {
  const { client, group: GroupName } = options;
  return {
    keep: async (schedule) => {
      const request = requestOf(options, schedule);
      try {
        await client.send(new UpdateScheduleCommand(request));
      } catch (error) {
        if (!(error instanceof ResourceNotFoundException)) throw error;
        await client.send(new CreateScheduleCommand(request));
      }
    },
    drop: async (Name) => {
      try {
        await client.send(new DeleteScheduleCommand({ Name, GroupName }));
      } catch (error) {
        if (!(error instanceof ResourceNotFoundException)) throw error;
      }
    },
  };
}

function requestOf(options: ScheduleGroupOptions, schedule: Schedule) {
  const { group, roleArn, functionArn, deadQueueArn, now } = options;
  const { name, timing, timeZone, paused } = schedule;
  const [nextMs] = nextScheduled(schedule, now(), 1);
  return {
    Name: name,
    GroupName: group,
    ScheduleExpression: expressionOf(timing),
    ScheduleExpressionTimezone: timeZone,
    ...boundsOf(schedule, nextMs, now()),
    // One without further runs is kept for its history.
    State: paused || nextMs === undefined ? ('DISABLED' as const) : ('ENABLED' as const),
    FlexibleTimeWindow: { Mode: 'OFF' as const },
    ActionAfterCompletion: 'NONE' as const,
    Target: {
      Arn: functionArn,
      RoleArn: roleArn,
      Input: JSON.stringify({ schedule: name, plannedAt: PLANNED_TIME }),
      RetryPolicy: RETRY,
      ...(deadQueueArn !== undefined && { DeadLetterConfig: { Arn: deadQueueArn } }),
    },
  };
}

function expressionOf(timing: ScheduleTiming): string {
  switch (timing.kind) {
    case 'cron':
      return toAwsCron(timing.expression);
    case 'rate':
      return `rate(${timing.minutes} ${timing.minutes === 1 ? 'minute' : 'minutes'})`;
    case 'at':
      return `at(${timing.wall}:00)`;
  }
}

/** A rate counts from its start, and AWS refuses a start in the past: so it is the next scheduled time. Leaves out past ends. */
function boundsOf({ timing, startAt, endAt }: Schedule, nextMs: number | undefined, nowMs: number) {
  const startMs = timing.kind === 'rate' ? nextMs : Date.parse(startAt);
  const starts = timing.kind !== 'at' && startMs !== undefined && startMs > nowMs;
  const ends = timing.kind !== 'at' && endAt !== undefined && Date.parse(endAt) > nowMs;
  return {
    ...(starts ? { StartDate: new Date(startMs) } : {}),
    ...(ends ? { EndDate: new Date(endAt) } : {}),
  };
}
