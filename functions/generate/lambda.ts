import type { SQSEvent } from 'aws-lambda';
import { late } from '../../shared/aws/late.ts';
import { ONE_OF_MANY } from '../../shared/pipeline/rate/rate-limiter.ts';
import { keyedProvider } from '../../shared/runtime/lambda/keyed-provider.ts';
import { createWorkerRuntime } from '../../shared/runtime/lambda/worker-runtime.ts';
import { CALL_MS, createHandler, GROUP_MS, SHORT_CALL_MS } from './handler.ts';

const { config, effects, instrument } = await createWorkerRuntime(keyedProvider);
const generate = createHandler(effects, {
  itemsAtOnce: config.itemsAtOnce,
  callMs: CALL_MS,
  shortCallMs: SHORT_CALL_MS,
  pacing: ONE_OF_MANY,
  topsUp: true,
  groupMs: GROUP_MS,
  parks: true,
  load: late(() =>
    Promise.all([
      import('../../shared/aws/s3-client.ts'),
      import('../../shared/aws/s3/s3-store.ts'),
      import('../../shared/provider/client.ts'),
    ]),
  ),
});

/** What Lambda calls with messages of the work queue. */
export const handler = instrument<SQSEvent, Awaited<ReturnType<typeof generate>>>(generate);
