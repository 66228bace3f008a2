import type { Clock } from '../pipeline/ports.ts';
import type { ProviderOptions } from '../provider/client.ts';
import type { Provider } from '../provider/types.ts';
import type { Config } from './config.ts';
import { configuredKeys, createProviders, type KeyOf } from './providers.ts';

/** What goes before the configuration. */
export interface ProviderOverrides {
  /** In place of the configured keys: the simulator's. */
  readonly apiKey?: () => Promise<string>;
  /** In place of the keys of this machine: those of a deployed stage. */
  readonly keyOf?: KeyOf;
  /** In place of the configured addresses: the built-in simulator's, which stands for every provider. */
  readonly providerUrl?: string;
  /** Sees every answer that arrived whole. */
  readonly onAnswer?: ProviderOptions['onAnswer'];
}

/** The providers that the configuration names. */
export function configuredProvider(
  config: Config,
  { apiKey, keyOf: stageKeys, providerUrl, onAnswer }: ProviderOverrides,
  clock: Pick<Clock, 'now'>,
): Provider {
  const keyOf = apiKey ?? stageKeys ?? configuredKeys(config);
  return createProviders(providerUrl === undefined ? config : allAt(providerUrl, config), clock, {
    keyOf,
    onAnswer,
  });
}

function allAt(baseUrl: string, { providers, ...config }: Config): Config {
  const simulated = [...providers].map(([name, provider]) => [name, { ...provider, baseUrl }] as const);
  return { ...config, providers: new Map(simulated) };
}
