/**
 * Stands in the bundles for `mnemonist/lru-cache` (infra/bundling/bundle-functions.ts), in which the SDK would keep the
 * endpoints that it discovers: pressrun asks for no discovery, so nothing is ever in it, and the library is 7 kB.
 */
export default class EndpointMap<Key, Value> extends Map<Key, Value> {
  // The SDK gives a capacity, which a map would take for its entries.
  constructor(_capacity: number) {
    super();
  }

  peek(key: Key): Value | undefined {
    return this.get(key);
  }
}
