import type { Logger } from '@aws-lambda-powertools/logger';
import type { Log } from '../../pipeline/ports.ts';

/** On Powertools' logger: one line of JSON an entry, with the request's id. */
export function lambdaLog(logger: Pick<Logger, 'info' | 'warn' | 'error'>): Log {
  return {
    info: (message, fields = {}) => logger.info(message, { ...fields }),
    warn: (message, fields = {}) => logger.warn(message, { ...fields }),
    error: (message, error, fields = {}) =>
      logger.error(message, { ...fields, error: error instanceof Error ? error : new Error(String(error)) }),
  };
}
