import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { Clock } from '../pipeline/ports.ts';

/** How long a worker goes by the key that it read: a new key is taken by all of them within this time. */
export const KEY_FRESH_MS = 30_000;

/** Gives the secret's text, read again after 30 s. Throws one line that says what to do where it has none yet. */
export function secretReader(
  client: Pick<SecretsManagerClient, 'send'>,
  secretId: string,
  clock: Pick<Clock, 'now'>,
): () => Promise<string> {
  let known: { readonly text: Promise<string>; readonly atMs: number } | undefined;
  return async () => {
    if (known === undefined || clock.now() - known.atMs >= KEY_FRESH_MS) {
      known = { text: readSecret(client, secretId), atMs: clock.now() };
    }
    return await known.text;
  };
}

async function readSecret(client: Pick<SecretsManagerClient, 'send'>, secretId: string): Promise<string> {
  try {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretId }));
    if (SecretString) return SecretString;
  } catch (error) {
    // A secret that was never written to is there, but has no value, which is reported so too.
    if (!(error instanceof ResourceNotFoundException)) throw error;
  }
  throw new Error('no key was set for this stage: set it with `pressrun key set --stage …`');
}

/** Gives the secret a new value. */
export async function writeSecret(
  client: Pick<SecretsManagerClient, 'send'>,
  secretId: string,
  text: string,
): Promise<void> {
  await client.send(new PutSecretValueCommand({ SecretId: secretId, SecretString: text }));
}
