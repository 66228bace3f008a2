// Does what Lambda does with a bundle: imports it in a process of its own, calls its handler, and gives back what it
// returns or throws, on channel 3 because stdout is the function's log.
import { writeFileSync } from 'node:fs';

const [, , bundle, payload] = process.argv;
const endsAtMs = Date.now() + Number(process.env.TEST_REMAINING_MS);
const context = {
  functionName: 'bundle',
  functionVersion: '$LATEST',
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:bundle',
  memoryLimitInMB: '1024',
  awsRequestId: 'c0ffee00-0000-4000-8000-000000000000',
  logGroupName: '/aws/lambda/bundle',
  logStreamName: 'test',
  callbackWaitsForEmptyEventLoop: false,
  getRemainingTimeInMillis: () => endsAtMs - Date.now(),
};
const { handler } = await import(bundle);
try {
  const result = await handler(JSON.parse(payload), context);
  writeFileSync(3, JSON.stringify({ kind: 'returned', result: result ?? null }));
} catch (error) {
  writeFileSync(3, JSON.stringify({ kind: 'threw', message: error.message, stack: error.stack }));
}
process.exit(0);
