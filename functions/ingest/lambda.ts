import { createWorkerRuntime } from '../../shared/runtime/lambda/worker-runtime.ts';
import { createHandler } from './handler.ts';

const { effects, instrument } = await createWorkerRuntime();

/** What Lambda calls with messages of the ingest queue. */
export const handler = instrument(createHandler(effects));
