import type { Config } from './config.ts';
import { configuredProvider, type ProviderOverrides } from './configured-provider.ts';
import { createRuntimeWith, type Runtime, type RuntimeOptions } from './runtime.ts';

/** Builds every side effect of the pipeline on AWS, the provider included. Throws where a queue is not there. */
export async function createRuntime(
  config: Config,
  options: RuntimeOptions & ProviderOverrides,
): Promise<Runtime> {
  return await createRuntimeWith(config, options, (clock) => configuredProvider(config, options, clock));
}
