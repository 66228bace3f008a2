import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { secretReader } from '../../aws/secret.ts';
import { DEFAULT_PROVIDER } from '../../domain/calls/models.ts';
import type { Clock } from '../../pipeline/ports.ts';
import type { Provider } from '../../provider/types.ts';
import type { Config } from '../config.ts';
import { createProviders, type KeyOf } from '../providers.ts';

/** The configured providers, each with the key that Secrets Manager holds. Throws where no secret is named. */
export function keyedProvider(clock: Clock, config: Config): Provider {
  return createProviders(config, clock, { keyOf: secretKeys(clock, config) });
}

/** One reader a secret, which keeps what it read. The stack's own secret is the built-in provider's, and no other's. */
function secretKeys(clock: Clock, { keySecret }: Config): KeyOf {
  if (keySecret === undefined) throw new Error('PRESSRUN_KEY_SECRET is not set: deploy the stack again');
  const client = new SecretsManagerClient({});
  const readers = new Map<string, () => Promise<string>>();
  return async (provider) => {
    if (provider.keyVariable === undefined && provider.keySecret === undefined) return undefined;
    const secret = provider.keySecret ?? (provider.name === DEFAULT_PROVIDER ? keySecret : undefined);
    if (secret === undefined)
      throw new Error(`no key: name providers.${provider.name}.keySecret and deploy again`);
    const reader = readers.get(secret) ?? secretReader(client, secret, clock);
    readers.set(secret, reader);
    return await reader();
  };
}
