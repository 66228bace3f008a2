import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { METRICS_NAMESPACE, METRICS_SERVICE } from '../../names.ts';
import type { Log } from '../../pipeline/ports.ts';
import type { Config } from '../config.ts';
import { lambdaLog } from './log.ts';

export function createTelemetry({ stage }: Config): { log: Log; logger: Logger; metrics: Metrics } {
  const logger = new Logger({ serviceName: METRICS_SERVICE, persistentLogAttributes: { stage } });
  const metrics = new Metrics({
    namespace: METRICS_NAMESPACE,
    serviceName: METRICS_SERVICE,
    defaultDimensions: { stage },
  });
  return { log: lambdaLog(logger), logger, metrics };
}
