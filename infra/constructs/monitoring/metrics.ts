import type { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { METRICS, METRICS_NAMESPACE, METRICS_SERVICE } from '../../../shared/names.ts';

/** One of the metrics that the functions write (shared/runtime/lambda/metrics.ts). */
export function ownMetric(
  stage: string,
  name: keyof typeof METRICS,
  statistic: string,
  period: Duration,
  dimensions: Readonly<Record<string, string>> = {},
): Metric {
  return new Metric({
    namespace: METRICS_NAMESPACE,
    metricName: METRICS[name],
    dimensionsMap: { service: METRICS_SERVICE, stage, ...dimensions },
    statistic,
    period,
  });
}
