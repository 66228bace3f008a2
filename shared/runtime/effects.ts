import { createProvider } from '../provider/client.ts';
import type { Config } from './config.ts';
import { createRuntimeWith, type Runtime, type RuntimeOptions } from './runtime.ts';

export type { Runtime } from './runtime.ts';

/** What differs between a Lambda, the embedded stage and a test; everything else comes from the configuration. */
export interface EffectOptions extends RuntimeOptions {
  /** In place of the configured key: from Secrets Manager, or the simulator's. */
  readonly apiKey?: () => Promise<string>;
  /** In place of the configured address: the built-in simulator's. */
  readonly providerUrl?: string;
}

/** Builds every side effect of the pipeline: the one place where they are put together. Throws where a queue is not there. */
export async function createRuntime(config: Config, options: EffectOptions): Promise<Runtime> {
  return await createRuntimeWith(config, options, (clock) =>
    createProvider({
      baseUrl: options.providerUrl ?? config.providerUrl,
      apiKey: options.apiKey ?? (() => configuredKey(config)),
      clock,
      random: Math.random,
      linkHosts: config.linkHosts,
      proxies: config.proxies,
      maxAnswerBytes: config.maxAnswerBytes,
    }),
  );
}

async function configuredKey(config: Config): Promise<string> {
  if (config.apiKey === undefined) throw new Error('no key: set CORE_TODAY_API_KEY');
  return config.apiKey;
}
