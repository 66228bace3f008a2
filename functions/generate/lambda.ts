import type { SQSEvent } from 'aws-lambda';
import { VISIBILITY_SECONDS } from '../../shared/pipeline/heartbeat.ts';
import { keyedProvider } from '../../shared/runtime/lambda/keyed-provider.ts';
import { createWorkerRuntime } from '../../shared/runtime/lambda/worker-runtime.ts';
import { createHandler } from './handler.ts';

/** The longest that the provider may take, and what follows a call. */
const CALL_MS = 330_000;

const { config, effects, telling } = await createWorkerRuntime(keyedProvider);
const generate = createHandler(effects, { itemsAtOnce: config.itemsAtOnce, callMs: CALL_MS });

/**
 * What Lambda calls with messages of the work queue. The queue's own visibility has to be many times the function's
 * time-out; it is cut down at once to the time that the heartbeat renews, so that a killed worker's items start again soon.
 */
export const handler = telling<SQSEvent, Awaited<ReturnType<typeof generate>>>(async (event, context) => {
  const receipts = event.Records.map((record) => record.receiptHandle);
  await effects.workQueue.setVisibility(receipts, VISIBILITY_SECONDS);
  return await generate(event, context);
});
