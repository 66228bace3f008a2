/** Replaces `@smithy/core/event-streams` (15 kB): pressrun uses no event streams, such as those of S3 Select. */
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
