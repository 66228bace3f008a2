import { keyStores } from '../aws/secret.ts';
import type { Config } from './config.ts';
import { configuredProvider, type ProviderOverrides } from './configured-provider.ts';
import { createRuntimeWith, type Runtime, type RuntimeOptions } from './runtime.ts';
import { stageKeys } from './stage-keys.ts';

/**
 * Builds every side effect of the pipeline on AWS, the provider included, with the keys of a deployed stage if that has
 * any. Throws where a queue is not there.
 */
export async function createRuntime(
  config: Config,
  options: RuntimeOptions & ProviderOverrides,
): Promise<Runtime> {
  return await createRuntimeWith(config, options, (clock) => {
    const keyOf =
      config.keySecret === undefined
        ? undefined
        : stageKeys(keyStores({ region: config.region }), clock, config);
    return configuredProvider(config, { ...(keyOf && { keyOf }), ...options }, clock);
  });
}
