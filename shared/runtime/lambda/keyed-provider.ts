import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { secretReader } from '../../aws/secret.ts';
import type { Clock } from '../../pipeline/ports.ts';
import type { Provider } from '../../provider/types.ts';
import type { Config } from '../config.ts';
import { createProviders, type KeyOf } from '../providers.ts';

/** The configured providers, each with the key that Secrets Manager holds. Throws where no secret is named. */
export function keyedProvider(clock: Clock, config: Config): Provider {
  return createProviders(config, clock, secretKeys(clock, config));
}

/** One reader a secret, which keeps what it read. Providers that name no secret use the one that the stack made. */
function secretKeys(clock: Clock, { keySecret }: Config): KeyOf {
  if (keySecret === undefined) throw new Error('PRESSRUN_KEY_SECRET is not set: deploy the stack again');
  const client = new SecretsManagerClient({});
  const readers = new Map<string, () => Promise<string>>();
  return async (provider) => {
    if (provider.keyVariable === undefined && provider.keySecret === undefined) return undefined;
    const secret = provider.keySecret ?? keySecret;
    const reader = readers.get(secret) ?? secretReader(client, secret, clock);
    readers.set(secret, reader);
    return await reader();
  };
}
