import { Duration, Stack } from 'aws-cdk-lib';
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  MathExpression,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { METRICS, METRICS_NAMESPACE } from '../../../shared/names.ts';
import type { Functions } from '../functions.ts';
import type { Queues } from '../queues.ts';
import { ownMetric } from './metrics.ts';

interface Parts {
  readonly stage: string;
  readonly queues: Queues;
  readonly functions: Functions;
  readonly alarms: readonly Alarm[];
}

const MINUTE = Duration.minutes(1);
const HOUR = Duration.hours(1);

/** One page: is it going, how well, what does it cost, what has stalled. */
export function createDashboard(parent: Construct, parts: Parts): void {
  const { stage, queues, functions, alarms } = parts;
  const dashboard = new Dashboard(parent, 'Dashboard', {
    // Dashboards are the account's, not a region's.
    dashboardName: `pressrun-${stage}-${Stack.of(parent).region}`,
  });
  dashboard.addWidgets(new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms], width: 24, height: 3 }));
  dashboard.addWidgets(
    graph('Throughput: images a minute', [ownMetric(stage, 'calls', 'Sum', MINUTE, { outcome: 'image' })]),
    graph('Outcomes of calls a minute', [outcomes(stage)]),
    graph('Credits an hour', [ownMetric(stage, 'credits', 'Sum', HOUR)]),
  );
  dashboard.addWidgets(
    graph('Queue age, seconds', [
      queues.ingest.metricApproximateAgeOfOldestMessage({ period: MINUTE, label: 'ingest' }),
      queues.work.metricApproximateAgeOfOldestMessage({ period: MINUTE, label: 'work' }),
    ]),
    graph('Messages waiting', [
      queues.ingest.metricApproximateNumberOfMessagesVisible({ period: MINUTE, label: 'ingest' }),
      queues.work.metricApproximateNumberOfMessagesVisible({ period: MINUTE, label: 'work' }),
    ]),
    graph('Provider latency, ms', [
      ownMetric(stage, 'latency', 'p50', MINUTE),
      ownMetric(stage, 'latency', 'p95', MINUTE),
    ]),
  );
  dashboard.addWidgets(
    graph('Share of calls answered with 429 or a quota', [
      ownMetric(stage, 'rateLimited', 'Average', MINUTE),
    ]),
    graph('Pauses, open breakers, models at a limited pace', [
      ownMetric(stage, 'pauses', 'Maximum', MINUTE),
      ownMetric(stage, 'openBreakers', 'Maximum', MINUTE),
      ownMetric(stage, 'slowedModels', 'Maximum', MINUTE),
    ]),
    graph(
      'Function errors',
      Object.entries(functions).map(([label, { fn }]) => fn.metricErrors({ period: MINUTE, label })),
    ),
  );
}

function graph(title: string, left: IMetric[]): GraphWidget {
  return new GraphWidget({ title, left, width: 8, height: 6 });
}

/** Every outcome that there is, without naming them: new ones show automatically. */
function outcomes(stage: string): MathExpression {
  const where = `{${METRICS_NAMESPACE},outcome,service,stage} MetricName="${METRICS.calls}" stage="${stage}"`;
  return new MathExpression({
    expression: `SEARCH('${where}', 'Sum', ${MINUTE.toSeconds()})`,
    usingMetrics: {},
    label: '',
    period: MINUTE,
  });
}
