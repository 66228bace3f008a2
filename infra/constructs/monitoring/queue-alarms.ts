import { Duration } from 'aws-cdk-lib';
import type { AlarmOptions, Watched } from './alarm-options.ts';
import { ownMetric } from './metrics.ts';

const FIVE_MINUTES = Duration.minutes(5);

export function deadLetterAlarms({ queues }: Watched): AlarmOptions[] {
  return (['ingest', 'work', 'events'] as const).map((name) => ({
    id: `dead-letters-${name}`,
    what: `There are dead letters of ${name}.`,
    section: `Dead letters: ${name}`,
    metric: queues.dead[name].metricApproximateNumberOfMessagesVisible({
      period: FIVE_MINUTES,
      statistic: 'Maximum',
    }),
    above: 0,
    isVital: name !== 'events',
  }));
}

/**
 * SQS leaves out messages received three times from the age of the oldest, and paused work is not in the queue: the sweep
 * measures instead for how long no item of an open batch has ended.
 */
export function waitingAlarms({ settings, queues }: Watched): AlarmOptions[] {
  const { oldestWorkHours, oldestUploadMinutes } = settings.alarms;
  return [
    {
      id: 'old-uploads',
      what: `An uploaded file was not taken in for ${oldestUploadMinutes} minutes.`,
      section: 'Queue age: ingest',
      metric: queues.ingest.metricApproximateAgeOfOldestMessage({
        period: FIVE_MINUTES,
        statistic: 'Maximum',
      }),
      above: oldestUploadMinutes * 60,
    },
    {
      id: 'old-work',
      what: `No item of an open batch has ended for ${oldestWorkHours} hours.`,
      section: 'Queue age: work',
      metric: ownMetric(settings.stage, 'oldestWork', 'Maximum', FIVE_MINUTES),
      above: oldestWorkHours * 3_600,
      isVital: true,
    },
  ];
}
