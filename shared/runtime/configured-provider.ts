import type { Clock } from '../pipeline/ports.ts';
import { createProvider } from '../provider/client.ts';
import type { Provider } from '../provider/types.ts';
import type { Config } from './config.ts';

/** What goes before the configuration. */
export interface ProviderOverrides {
  /** In place of the configured key: from Secrets Manager, or the simulator's. */
  readonly apiKey?: () => Promise<string>;
  /** In place of the configured address: the built-in simulator's. */
  readonly providerUrl?: string;
}

/** The provider that the configuration names. */
export function configuredProvider(
  config: Config,
  overrides: ProviderOverrides,
  clock: Pick<Clock, 'now'>,
): Provider {
  return createProvider({
    baseUrl: overrides.providerUrl ?? config.providerUrl,
    apiKey: overrides.apiKey ?? (() => configuredKey(config)),
    clock,
    random: Math.random,
    linkHosts: config.linkHosts,
    maxAnswerBytes: config.maxAnswerBytes,
  });
}

async function configuredKey(config: Config): Promise<string> {
  if (config.apiKey === undefined) throw new Error('no key: set CORE_TODAY_API_KEY');
  return config.apiKey;
}
