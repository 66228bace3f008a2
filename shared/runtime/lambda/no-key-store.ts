/**
 * Stands in the bundles for the client of that key store, Secrets Manager or Parameter Store, in which the stage keeps no key
 * (infra/constructs/bundled-function.ts): each is some 65 kB.
 */
class NotInBundle {
  constructor() {
    throw new Error(
      'this stage keeps keys in the other store: deploy it again after a change of its configuration',
    );
  }
}

export {
  NotInBundle as GetParameterCommand,
  NotInBundle as GetSecretValueCommand,
  NotInBundle as ParameterNotFound,
  NotInBundle as PutParameterCommand,
  NotInBundle as PutSecretValueCommand,
  NotInBundle as ResourceNotFoundException,
  NotInBundle as SecretsManagerClient,
  NotInBundle as SSMClient,
};
