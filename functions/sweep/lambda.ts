import { createWorkerRuntime } from '../../shared/runtime/lambda/worker-runtime.ts';
import { createMinuteSweep } from './minute-sweep.ts';

const { config, effects, meter, instrument } = await createWorkerRuntime();

/** What Lambda calls every minute. */
export const handler = instrument(createMinuteSweep(effects, config.models.keys().toArray(), meter));
