import { fromEnv } from '@aws-sdk/credential-provider-env';

/**
 * Stands in the bundles for `@aws-sdk/credential-provider-node` (infra/bundling/bundle-functions.ts): a Lambda finds
 * its credentials in the environment and nowhere else, and the SDK's other ways of finding some are 110 kB.
 */
export function defaultProvider(): ReturnType<typeof fromEnv> {
  return fromEnv();
}
