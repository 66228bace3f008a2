import { randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';
import type { Clock } from '../../shared/pipeline/ports.ts';

/** The context of one invocation, whose time runs from now. */
export function lambdaContext(options: {
  readonly functionName: string;
  readonly timeoutMs: number;
  readonly clock: Pick<Clock, 'now'>;
}): Context {
  const { functionName, timeoutMs, clock } = options;
  const endsAtMs = clock.now() + timeoutMs;
  return {
    callbackWaitsForEmptyEventLoop: false,
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:us-east-1:000000000000:function:${functionName}`,
    memoryLimitInMB: '1024',
    awsRequestId: randomUUID(),
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: 'local',
    getRemainingTimeInMillis: () => Math.max(0, endsAtMs - clock.now()),
    done: callbacksAreGone,
    fail: callbacksAreGone,
    succeed: callbacksAreGone,
  };
}

function callbacksAreGone(): never {
  throw new Error('handlers return promises: the callbacks of a Lambda context do nothing');
}
