import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { PARAMETER_PREFIX } from '../names.ts';
import { namingFailures, type ServiceSettings, serviceOptions } from './service-client.ts';

/** Reads a key by its place: a secret's name or ARN, or `ssm:` and a SecureString. Undefined if not set. */
export type ReadKey = (place: string) => Promise<string | undefined>;

/** Secrets Manager and Parameter Store; loads a client with the first key. */
export function keyStores(settings: ServiceSettings = {}): ReadKey {
  let secrets: Promise<SecretsManagerClient> | undefined;
  let parameters: Promise<SSMClient> | undefined;
  return async (place) => {
    const name = parameterName(place);
    if (name === undefined) {
      secrets ??= secretsClient(settings);
      return await readSecret(await secrets, place);
    }
    parameters ??= parametersClient(settings);
    return await readParameter(await parameters, name);
  };
}

async function secretsClient(settings: ServiceSettings): Promise<SecretsManagerClient> {
  const { SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
  return namingFailures(new SecretsManagerClient(serviceOptions(settings)));
}

async function parametersClient(settings: ServiceSettings): Promise<SSMClient> {
  const { SSMClient } = await import('@aws-sdk/client-ssm');
  return namingFailures(new SSMClient(serviceOptions(settings)));
}

export async function writeKey(place: string, key: string, settings: ServiceSettings = {}): Promise<void> {
  const Name = parameterName(place);
  if (Name === undefined) {
    const { PutSecretValueCommand } = await import('@aws-sdk/client-secrets-manager');
    const client = await secretsClient(settings);
    await client.send(new PutSecretValueCommand({ SecretId: place, SecretString: key }));
    return client.destroy();
  }
  const { PutParameterCommand } = await import('@aws-sdk/client-ssm');
  const client = await parametersClient(settings);
  await client.send(new PutParameterCommand({ Name, Value: key, Type: 'SecureString', Overwrite: true }));
  client.destroy();
}

function parameterName(place: string): string | undefined {
  return place.startsWith(PARAMETER_PREFIX) ? place.slice(PARAMETER_PREFIX.length) : undefined;
}

async function readSecret(client: SecretsManagerClient, SecretId: string): Promise<string | undefined> {
  const { GetSecretValueCommand, ResourceNotFoundException } = await import(
    '@aws-sdk/client-secrets-manager'
  );
  try {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId }));
    return SecretString || undefined;
  } catch (error) {
    // A secret without a value, which reports the same error.
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

async function readParameter(client: SSMClient, Name: string): Promise<string | undefined> {
  const { GetParameterCommand, ParameterNotFound } = await import('@aws-sdk/client-ssm');
  try {
    const { Parameter } = await client.send(new GetParameterCommand({ Name, WithDecryption: true }));
    return Parameter?.Value || undefined;
  } catch (error) {
    if (error instanceof ParameterNotFound) return undefined;
    throw error;
  }
}
