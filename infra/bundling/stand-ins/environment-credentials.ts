import { fromEnv } from '@aws-sdk/credential-provider-env';

/** Replaces `@aws-sdk/credential-provider-node` (110 kB): a Lambda's credentials are in its environment. */
export function defaultProvider(): ReturnType<typeof fromEnv> {
  return fromEnv();
}
