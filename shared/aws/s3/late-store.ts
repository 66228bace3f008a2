import type { ObjectStore } from '../../pipeline/ports.ts';
import { late } from '../late.ts';

/** A store that is opened with its first use. */
export function lateStore(open: () => Promise<ObjectStore>): ObjectStore {
  const store = late(open);
  return {
    put: async (...put) => await (await store()).put(...put),
    get: async (...get) => await (await store()).get(...get),
    head: async (key) => await (await store()).head(key),
    list: async function* (prefix) {
      yield* (await store()).list(prefix);
    },
    delete: async (key) => await (await store()).delete(key),
  };
}
