import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { PARAMETER_PREFIX } from '../names.ts';
import { namingFailures, type ServiceSettings, serviceOptions } from './service-client.ts';

/** Reads the key at a place: a secret's name or ARN, or `ssm:` and the name of a SecureString. Undefined if none was set. */
export type ReadKey = (place: string) => Promise<string | undefined>;

/** Keys in Secrets Manager and in Parameter Store. A client is loaded with the first key that is read from its service. */
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

/** Gives the key at a place a new value. */
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
    // A secret that was never written to is there, but has no value, which is reported so too.
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
