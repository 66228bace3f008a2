import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { StageSettings } from '../settings.ts';
import type { Functions } from './functions.ts';
import { ownMetric } from './metrics.ts';
import type { Queues } from './queues.ts';

interface Parts {
  readonly settings: StageSettings;
  readonly queues: Queues;
  readonly functions: Functions;
}

interface AlarmOptions {
  readonly id: string;
  /** What happened, in words; and the section of docs/runbook.md that says what to do. */
  readonly what: string;
  readonly section: string;
  readonly metric: IMetric;
  readonly above: number;
  /** Of so many periods running. Default 1. */
  readonly periods?: number;
}

/** An outage of an hour is the provider's; nobody is woken for what ends by itself sooner. */
const OPEN_PERIODS = 12;

/** What wakes a person. Each alarm's description names its section in docs/runbook.md. */
export function createAlarms(parent: Construct, parts: Parts): readonly Alarm[] {
  const scope = new Construct(parent, 'Alarms');
  const { stage, alarms } = parts.settings;
  const action = new SnsAction(createTopic(scope, parts));
  return alarmsOf(parts).map(({ id, what, section, metric, above, periods = 1 }) => {
    const alarm = new Alarm(scope, id, {
      alarmName: `pressrun-${stage}-${id}`,
      alarmDescription: `${what} What to do: docs/runbook.md, "${section}".`,
      metric,
      threshold: above,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: periods,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(action);
    if (alarms.email !== undefined) alarm.addOkAction(action);
    return alarm;
  });
}

function alarmsOf(parts: Parts): AlarmOptions[] {
  return [...deadLetterAlarms(parts), ...ageAlarms(parts), ...providerAlarms(parts), ...errorAlarms(parts)];
}

function deadLetterAlarms({ queues }: Parts): AlarmOptions[] {
  const period = Duration.minutes(5);
  return (['ingest', 'work', 'events'] as const).map((name) => ({
    id: `dead-letters-${name}`,
    what: `There are dead letters of ${name}.`,
    section: `Dead letters: ${name}`,
    metric: queues.dead[name].metricApproximateNumberOfMessagesVisible({ period, statistic: 'Maximum' }),
    above: 0,
  }));
}

function ageAlarms({ settings, queues }: Parts): AlarmOptions[] {
  const { oldestWorkHours, oldestUploadMinutes } = settings.alarms;
  const period = Duration.minutes(5);
  const age = { period, statistic: 'Maximum' };
  return [
    {
      id: 'old-uploads',
      what: `An uploaded file was not taken in for ${oldestUploadMinutes} minutes.`,
      section: 'Queue age: ingest',
      metric: queues.ingest.metricApproximateAgeOfOldestMessage(age),
      above: oldestUploadMinutes * 60,
    },
    {
      id: 'old-work',
      what: `An item has waited for ${oldestWorkHours} hours.`,
      section: 'Queue age: work',
      metric: queues.work.metricApproximateAgeOfOldestMessage(age),
      above: oldestWorkHours * 3_600,
    },
  ];
}

function providerAlarms({ settings }: Parts): AlarmOptions[] {
  const { stage, alarms } = settings;
  return [
    {
      id: 'paused',
      what: 'The provider or a model is paused until a person helps.',
      section: 'Paused provider',
      metric: ownMetric(stage, 'pauses', 'Maximum', Duration.minutes(5)),
      above: 0,
    },
    {
      id: 'budget',
      what: 'A budget is nearly spent, or spent.',
      section: 'Budget nearly spent or reached',
      metric: ownMetric(stage, 'budgets', 'Maximum', Duration.minutes(5)),
      above: 0,
    },
    {
      id: 'refused-files',
      what: 'An uploaded file was refused: it could not be read, or its intake kept failing.',
      section: 'Refused files',
      metric: ownMetric(stage, 'refusedFiles', 'Sum', Duration.minutes(5)),
      above: 0,
    },
    {
      id: 'breaker-open',
      what: `A model has answered nobody for ${OPEN_PERIODS * 5} minutes.`,
      section: 'Breaker open',
      metric: ownMetric(stage, 'openBreakers', 'Minimum', Duration.minutes(5)),
      above: 0,
      periods: OPEN_PERIODS,
    },
    {
      id: 'spend',
      what: `More than ${alarms.creditsPerHour} credits were spent within an hour.`,
      section: 'Spend an hour',
      metric: ownMetric(stage, 'credits', 'Sum', Duration.hours(1)),
      above: alarms.creditsPerHour,
    },
  ];
}

function errorAlarms({ functions }: Parts): AlarmOptions[] {
  return Object.entries(functions).map(([name, { fn }]) => ({
    id: `errors-${name}`,
    what: `The function ${name} fails.`,
    section: 'Function errors',
    metric: fn.metricErrors({ period: Duration.minutes(5), statistic: 'Sum' }),
    above: 0,
    periods: 2,
  }));
}

/** Encrypted by a key of its own, because CloudWatch may not use the one that AWS keeps for SNS. */
function createTopic(scope: Construct, { settings, queues }: Parts): Topic {
  const key = new Key(scope, 'Key', {
    description: `pressrun ${settings.stage}: encrypts alarms on their way`,
    enableKeyRotation: true,
    pendingWindow: Duration.days(7),
  });
  key.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: ['*'],
    }),
  );
  const topic = new Topic(scope, 'Topic', { masterKey: key, enforceSSL: true });
  const { email } = settings.alarms;
  if (email !== undefined) {
    topic.addSubscription(new EmailSubscription(email, { deadLetterQueue: queues.dead.events }));
  }
  return topic;
}
