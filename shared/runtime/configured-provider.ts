import type { Clock } from '../pipeline/ports.ts';
import type { ProviderOptions } from '../provider/client.ts';
import type { Provider } from '../provider/types.ts';
import type { Config } from './config.ts';
import { configuredKeys, createProviders, type KeyOf } from './providers.ts';

export interface ProviderOverrides {
  /** Replaces the configured keys: the simulator's. */
  readonly apiKey?: () => Promise<string>;
  /** Replaces this machine's keys: a deployed stage's. */
  readonly keyOf?: KeyOf;
  /** Replaces all addresses: the simulator's. */
  readonly providerUrl?: string;
  /** Gets every whole response. */
  readonly onAnswer?: ProviderOptions['onAnswer'];
}

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
