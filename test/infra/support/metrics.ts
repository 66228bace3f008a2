import { type StackTemplate, templateOf, WHOLE } from './stack.ts';

interface EmbeddedMetric {
  readonly _aws: {
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string }[];
    }[];
  };
  readonly [name: string]: unknown;
}

/** `namespace name dimensions` of every metric that a log has in CloudWatch's embedded format. */
export function metricsIn(log: string): string[] {
  return embeddedIn(log).flatMap(({ _aws }) =>
    _aws.CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
      Metrics.flatMap(({ Name }) => Dimensions.map((names) => `${Namespace} ${Name} ${[...names].sort()}`)),
    ),
  );
}

export function metricValue(log: string, name: string): unknown {
  return embeddedIn(log).find((line) => line[name] !== undefined)?.[name];
}

/** The same of every metric of ours that the template's dashboard and alarms read. */
export function metricsRead(template: StackTemplate = templateOf('dev', WHOLE)): Set<string> {
  const dashboard = JSON.stringify(
    template.ofType('AWS::CloudWatch::Dashboard').map(({ Properties }) => Properties),
  ).replaceAll('\\"', '"');
  const onDashboard = [...dashboard.matchAll(/\["pressrun","(\w+)"((?:,"\w+","\w+")*)/g)].map(
    ([, name, dimensions = '']) =>
      `pressrun ${name} ${[...dimensions.matchAll(/,"(\w+)","\w+"/g)].map(([, each]) => each).sort()}`,
  );
  const inAlarms = template
    .ofType('AWS::CloudWatch::Alarm')
    .filter(({ Properties }) => Properties.Namespace === 'pressrun')
    .map(({ Properties }) => {
      const dimensions = Properties.Dimensions as readonly { readonly Name: string }[];
      return `pressrun ${Properties.MetricName} ${dimensions.map(({ Name }) => Name).sort()}`;
    });
  return new Set([...onDashboard, ...inAlarms]);
}

function embeddedIn(log: string): EmbeddedMetric[] {
  return log
    .split('\n')
    .filter((line) => line.includes('"CloudWatchMetrics"'))
    .map((line) => JSON.parse(line));
}
