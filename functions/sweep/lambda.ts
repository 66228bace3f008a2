import { createWorkerRuntime } from '../../shared/runtime/lambda/worker-runtime.ts';
import { createMinuteSweep } from './minute-sweep.ts';

const { config, effects, meter, telling } = await createWorkerRuntime();

/** What Lambda calls every minute. */
export const handler = telling(createMinuteSweep(effects, config.models.keys().toArray(), meter));
