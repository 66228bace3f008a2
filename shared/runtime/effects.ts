import type { Config } from './config.ts';
import { configuredKeys, createProviders } from './providers.ts';
import { createRuntimeWith, type Runtime, type RuntimeOptions } from './runtime.ts';

export type { Runtime } from './runtime.ts';

/** What differs between a Lambda, the embedded stage and a test; everything else comes from the configuration. */
export interface EffectOptions extends RuntimeOptions {
  /** In place of the configured keys: from Secrets Manager, or the simulator's. */
  readonly apiKey?: () => Promise<string>;
  /** In place of the configured addresses: the built-in simulator's, which stands for every provider. */
  readonly providerUrl?: string;
}

/** Builds every side effect of the pipeline: the one place where they are put together. Throws where a queue is not there. */
export async function createRuntime(config: Config, options: EffectOptions): Promise<Runtime> {
  const { apiKey, providerUrl } = options;
  const keyOf = apiKey ?? configuredKeys(config);
  return await createRuntimeWith(config, options, (clock) =>
    createProviders(providerUrl === undefined ? config : allAt(providerUrl, config), clock, keyOf),
  );
}

function allAt(baseUrl: string, { providers, ...config }: Config): Config {
  const simulated = [...providers].map(([name, provider]) => [name, { ...provider, baseUrl }] as const);
  return { ...config, providers: new Map(simulated) };
}
