import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { secretReader } from '../../aws/secret.ts';
import type { Clock } from '../../pipeline/ports.ts';
import { createProvider } from '../../provider/client.ts';
import type { Provider } from '../../provider/types.ts';
import type { Config } from '../config.ts';

/** The configured provider, with the key that Secrets Manager holds. Throws where no secret is named. */
export function keyedProvider(clock: Clock, config: Config): Provider {
  const { keySecret, linkHosts, maxAnswerBytes, providerUrl, proxies } = config;
  if (keySecret === undefined) throw new Error('PRESSRUN_KEY_SECRET is not set: deploy the stack again');
  return createProvider({
    baseUrl: providerUrl,
    apiKey: secretReader(new SecretsManagerClient({}), keySecret, clock),
    clock,
    random: Math.random,
    linkHosts,
    maxAnswerBytes,
    proxies,
  });
}
