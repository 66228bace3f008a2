import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { AlarmOptions, Watched } from './alarm-options.ts';
import { createAlarmTopic } from './alarm-topic.ts';
import { functionAlarms } from './function-alarms.ts';
import { deadLetterAlarms, waitingAlarms } from './queue-alarms.ts';
import { stageAlarms } from './stage-alarms.ts';

/** What wakes a person. Each alarm's description names its section in docs/runbook.md. */
export function createAlarms(
  parent: Construct,
  watched: Watched,
): { readonly topic: Topic; readonly alarms: readonly Alarm[] } {
  const scope = new Construct(parent, 'Alarms');
  const { settings, queues } = watched;
  const topic = createAlarmTopic(scope, settings, queues.dead.events);
  const action = new SnsAction(topic);
  const alarms = alarmsOf(watched).map((options) => {
    const alarm = createAlarm(scope, settings.stage, options);
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
    return alarm;
  });
  return { topic, alarms };
}

function alarmsOf(watched: Watched): AlarmOptions[] {
  const all = [
    ...deadLetterAlarms(watched),
    ...waitingAlarms(watched),
    ...stageAlarms(watched),
    ...functionAlarms(watched),
  ];
  return watched.settings.alarms.which === 'all' ? all : all.filter(({ isVital }) => isVital);
}

function createAlarm(scope: Construct, stage: string, options: AlarmOptions): Alarm {
  const { id, what, section, metric, above = 0, below, periods = 1, missing } = options;
  return new Alarm(scope, id, {
    alarmName: `pressrun-${stage}-${id}`,
    alarmDescription: `${what} What to do: docs/runbook.md, "${section}".`,
    metric,
    threshold: below ?? above,
    comparisonOperator:
      below === undefined
        ? ComparisonOperator.GREATER_THAN_THRESHOLD
        : ComparisonOperator.LESS_THAN_THRESHOLD,
    evaluationPeriods: periods,
    treatMissingData: missing === undefined ? TreatMissingData.NOT_BREACHING : TreatMissingData.BREACHING,
  });
}
