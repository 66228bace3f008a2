import { RemovalPolicy } from 'aws-cdk-lib';
import { CfnSecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';

/** The secret for the provider's key. It is made without a value: `pressrun key set` gives it one. */
export function createProviderKey(parent: Construct, stage: string): Secret {
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
