/** Replaces `mnemonist/lru-cache` (7 kB), the SDK's cache for endpoint discovery, which pressrun doesn't use. */
export default class EndpointMap<Key, Value> extends Map<Key, Value> {
  // The SDK gives a capacity, which a map would take for its entries.
  constructor(_capacity: number) {
    super();
  }

  peek(key: Key): Value | undefined {
    return this.get(key);
  }
}
