import type { SQSEvent } from 'aws-lambda';
import { ONE_OF_MANY } from '../../shared/pipeline/rate/rate-limiter.ts';
import { keyedProvider } from '../../shared/runtime/lambda/keyed-provider.ts';
import { createWorkerRuntime } from '../../shared/runtime/lambda/worker-runtime.ts';
import { CALL_MS, createHandler } from './handler.ts';

const { config, effects, instrument } = await createWorkerRuntime(keyedProvider);
const generate = createHandler(effects, {
  itemsAtOnce: config.itemsAtOnce,
  callMs: CALL_MS,
  pacing: ONE_OF_MANY,
  topsUp: true,
});

/** What Lambda calls with messages of the work queue. */
export const handler = instrument<SQSEvent, Awaited<ReturnType<typeof generate>>>(generate);
