import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
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

/** Lets somebody read the keys of all configured providers, and no others. */
export function keyStatements(scope: Construct, own: KeyPlace, settings: StageSettings): PolicyStatement[] {
  return placeStatements(scope, [own, ...configuredPlaces(settings)]);
}

/** Lets somebody read what is at these places. */
export function placeStatements(scope: Construct, places: readonly KeyPlace[]): PolicyStatement[] {
  const secrets = places.filter((place) => !isParameter(place));
  return [
    ...allow('ssm:GetParameter', parameterArns(scope, places)),
    ...allow(
      'secretsmanager:GetSecretValue',
      secrets.map((place) => secretArn(scope, place)),
    ),
  ];
}

/** Lets somebody set the key of the built-in provider. */
export function setKeyStatements(scope: Construct, own: KeyPlace): PolicyStatement[] {
  return isParameter(own)
    ? allow('ssm:PutParameter', parameterArns(scope, [own]))
    : allow('secretsmanager:PutSecretValue', [secretArn(scope, own)]);
}

function isParameter(place: KeyPlace): boolean {
  return place.startsWith(PARAMETER_PREFIX);
}

function allow(action: string, resources: string[]): PolicyStatement[] {
  return resources.length > 0 ? [new PolicyStatement({ actions: [action], resources })] : [];
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

function parameterArns(scope: Construct, places: readonly KeyPlace[]): string[] {
  return places.filter(isParameter).map((place) => {
    const resourceName = place.slice(PARAMETER_PREFIX.length).replace(/^\//, '');
    return Stack.of(scope).formatArn({ service: 'ssm', resource: 'parameter', resourceName });
  });
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
