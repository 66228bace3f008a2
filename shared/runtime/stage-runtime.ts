import { keyStores } from '../aws/secret.ts';
import type { Config } from './config.ts';
import { configuredProvider, type ProviderOverrides } from './configured-provider.ts';
import { createRuntimeWith, type Runtime, type RuntimeOptions } from './runtime.ts';
import { stageKeys } from './stage-keys.ts';

/** All side effects on AWS, the provider included, with a deployed stage's keys. Throws if a queue is missing. */
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
