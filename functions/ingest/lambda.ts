import { createWorkerRuntime } from '../../shared/runtime/lambda/worker-runtime.ts';
import { createHandler } from './handler.ts';

const { effects, telling } = await createWorkerRuntime();

/** What Lambda calls with messages of the ingest queue. */
export const handler = telling(createHandler(effects));
