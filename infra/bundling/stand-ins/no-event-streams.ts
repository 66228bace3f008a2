/**
 * Stands in the bundles for `@smithy/core/event-streams` (infra/bundling/bundle-functions.ts): 15 kB for answers that come as
 * events, such as those of S3 Select. pressrun asks for none.
 */
export class EventStreamSerde {
  constructor() {
    throw new Error('answers as event streams are not in this bundle');
  }
}

/** What a client asks for when it is made, and would use for such an answer. */
export function eventStreamSerdeProvider(): object {
  return {};
}

export function resolveEventStreamSerdeConfig<Config extends object>(config: Config): Config {
  return config;
}
