import { createHash } from 'node:crypto';
import { late } from '../aws/late.ts';
import type { ModelProfile } from '../domain/calls/models.ts';
import type { ProviderSettings } from '../domain/configuration/providers.ts';
import type { Clock } from '../pipeline/ports.ts';
import type { ProviderOptions } from '../provider/client.ts';
import { KeyUnreadableError, type Provider } from '../provider/types.ts';
import type { Config } from './config.ts';

/** Undefined if the provider takes no key. Rejects if it should have one. */
export type KeyOf = (provider: ProviderSettings) => Promise<string | undefined>;

interface ProviderHooks {
  readonly keyOf: KeyOf;
  readonly onAnswer?: ProviderOptions['onAnswer'];
}

/** All providers as one: each call goes to its model's provider with its key. Loads the client with the first call. */
export function createProviders(
  { providers, maxAnswerBytes, proxies }: Pick<Config, 'providers' | 'maxAnswerBytes' | 'proxies'>,
  clock: Pick<Clock, 'now'>,
  { keyOf, onAnswer }: ProviderHooks,
): Provider {
  const clients = new Map(
    [...providers.values()].map((provider) => {
      const { name, baseUrl, headers, linkHosts } = provider;
      const apiKey = () => keyOf(provider);
      const shared = { maxAnswerBytes, proxies, clock, random: Math.random, ...(onAnswer && { onAnswer }) };
      const options = { baseUrl, headers, linkHosts, apiKey, ...shared };
      const client = late(async () => {
        const { createProvider } = await import('../provider/client.ts');
        return createProvider(options);
      });
      return [name, client];
    }),
  );
  async function clientOf({ provider }: ModelProfile): Promise<Provider> {
    const client = clients.get(provider);
    if (client === undefined) throw new Error(`no provider ${provider} is configured`);
    return await client();
  }
  return {
    call: async (request, ...rest) => await (await clientOf(request.profile)).call(request, ...rest),
    accessOf: async ({ provider }) => {
      const settings = providers.get(provider);
      return settings && (await accessOf(settings, keyOf));
    },
    reread: async (answer, request) => await (await clientOf(request.profile)).reread(answer, request),
  };
}

/** Identifies endpoint and key without revealing the key. */
async function accessOf(provider: ProviderSettings, keyOf: KeyOf): Promise<string | undefined> {
  try {
    const key = (await keyOf(provider)) ?? '';
    return createHash('sha256')
      .update(JSON.stringify([provider.baseUrl, key]))
      .digest('hex')
      .slice(0, 16);
  } catch (error) {
    if (error instanceof KeyUnreadableError) return undefined;
    return 'no-key';
  }
}

/** From the environment, or `.env` beside the configuration file. */
export function configuredKeys({ keys }: Pick<Config, 'keys'>): KeyOf {
  return async ({ name, keyVariable }) => {
    const key = keys.get(name);
    if (key === undefined && keyVariable !== undefined) throw new Error(`no key: set ${keyVariable}`);
    return key;
  };
}
