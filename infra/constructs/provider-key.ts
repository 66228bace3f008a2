import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { CfnSecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { DEFAULT_PROVIDER } from '../../shared/domain/calls/models.ts';
import { keyParameter, PARAMETER_PREFIX } from '../../shared/names.ts';
import type { StageSettings } from '../settings.ts';

/** Where a provider's key is: `ssm:/pressrun/dev/key`, or a secret's name or ARN. */
export type KeyPlace = string;

/** The place of the built-in provider's key. It is made without a value: `pressrun key set` gives it one. */
export function createProviderKey(parent: Construct, { stage, keyStore }: StageSettings): KeyPlace {
  switch (keyStore) {
    case 'parameter':
      // CloudFormation can't make a SecureString: the command does.
      return `${PARAMETER_PREFIX}${keyParameter(stage)}`;
    case 'secret':
      return createSecret(parent, stage).secretArn;
  }
}

function createSecret(parent: Construct, stage: string): Secret {
  const secret = new Secret(parent, 'ProviderKey', {
    description: `pressrun ${stage}: the key of the image provider; set it with: pressrun key set --stage ${stage}`,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const { defaultChild } = secret.node;
  if (!(defaultChild instanceof CfnSecret)) throw new Error('a secret has a CfnSecret');
  // A password made up by AWS would be sent to the provider as the key.
  defaultChild.addPropertyDeletionOverride('GenerateSecretString');
  return secret;
}

/** Lets a role read the keys of all configured providers, and no others. */
export function grantKeys(role: Role, own: KeyPlace, settings: StageSettings): void {
  const places = [own, ...configuredPlaces(settings)];
  allow(
    role,
    'ssm:GetParameter',
    places.filter(isParameter).map((place) => parameterArn(role, place)),
  );
  allow(
    role,
    'secretsmanager:GetSecretValue',
    places.filter((place) => !isParameter(place)).map((place) => secretArn(role, place)),
  );
}

function isParameter(place: KeyPlace): boolean {
  return place.startsWith(PARAMETER_PREFIX);
}

function allow(role: Role, action: string, resources: string[]): void {
  if (resources.length > 0) role.addToPolicy(new PolicyStatement({ actions: [action], resources }));
}

function configuredPlaces({ configuration }: StageSettings): KeyPlace[] {
  return Object.entries(configuration?.providers ?? {}).flatMap(([name, { keyVariable, keySecret }]) => {
    if (keySecret !== undefined) return [keySecret];
    if (keyVariable === undefined || name === DEFAULT_PROVIDER) return [];
    throw new Error(
      `pressrun.config.json: providers.${name} has no keySecret: name the secret in AWS Secrets Manager that holds its key on a deployed stage`,
    );
  });
}

function parameterArn(scope: Construct, place: KeyPlace): string {
  const resourceName = place.slice(PARAMETER_PREFIX.length).replace(/^\//, '');
  return Stack.of(scope).formatArn({ service: 'ssm', resource: 'parameter', resourceName });
}

/** Secrets Manager ends an ARN with six characters of its own. */
function secretArn(scope: Construct, place: KeyPlace): string {
  if (!/^[\w/+=.@-]+$/.test(place)) return place;
  return Stack.of(scope).formatArn({
    service: 'secretsmanager',
    resource: 'secret',
    resourceName: `${place}-??????`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}
