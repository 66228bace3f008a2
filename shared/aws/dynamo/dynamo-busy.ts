import { TableBusyError } from '../../pipeline/ports.ts';

const THROTTLED = new Set([
  'ThrottlingException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
]);

export function isThrottled({ name }: Error): boolean {
  return THROTTLED.has(name);
}

export function tableBusy(tableName: string, cause: unknown): TableBusyError {
  return new TableBusyError(`table ${tableName} stayed busy over all tries: try again later`, { cause });
}

/** The SDK's own retries are over if a call is still throttled. */
export async function untilThrottled<Result>(call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    throw error instanceof Error && isThrottled(error)
      ? new TableBusyError(error.message, { cause: error })
      : error;
  }
}
