import type { ObjectInfo, ObjectStore, PutOptions, PutResult } from '../../../shared/pipeline/ports.ts';

export interface MemoryStore extends ObjectStore {
  /** What stands under a key now, without waiting. */
  peek(key: string): MemoryObject | undefined;
}

interface MemoryObject {
  readonly info: ObjectInfo;
  readonly bytes: Uint8Array;
}

/**
 * `ObjectStore` in memory. A put of bytes takes effect at the moment in which it is made, one of a stream when its last
 * part is there; `onChange` then sees which key it was.
 */
export function memoryStore(
  clock: { now(): number },
  onChange: (key: string) => void = () => undefined,
): MemoryStore {
  const objects = new Map<string, MemoryObject>();
  let puts = 0;

  function putNow(key: string, body: Uint8Array, options: PutOptions): PutResult {
    if (options.onlyIfAbsent && objects.has(key)) return { kind: 'exists' };
    const { onlyIfEtag } = options;
    if (onlyIfEtag !== undefined && objects.get(key)?.info.etag !== onlyIfEtag) return { kind: 'exists' };
    puts += 1;
    const version = `v${puts}`;
    const { contentType, metadata = {} } = options;
    const bytes = Uint8Array.from(body);
    const modifiedAtMs = clock.now();
    const info = {
      key,
      bytes: bytes.byteLength,
      version,
      etag: version,
      modifiedAtMs,
      contentType,
      metadata,
    };
    objects.set(key, { info, bytes });
    onChange(key);
    return { kind: 'stored', version };
  }

  return {
    put: async (key, body, options) =>
      putNow(key, body instanceof Uint8Array ? body : await gather(body), options),
    get: async (key, from = 0) => {
      const object = objects.get(key);
      return object && { info: object.info, body: bodyOf(object.bytes.subarray(from)) };
    },
    head: async (key) => objects.get(key)?.info,
    list: async function* (prefix) {
      for (const key of [...objects.keys()].filter((each) => each.startsWith(prefix)).sort()) {
        const info = objects.get(key)?.info;
        if (info === undefined) continue;
        const { bytes, version, modifiedAtMs } = info;
        yield { key, bytes, version, modifiedAtMs };
      }
    },
    delete: async (key) => {
      if (objects.delete(key)) onChange(key);
    },
    peek: (key) => objects.get(key),
  };
}

async function gather(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of body) parts.push(part);
  return Buffer.concat(parts);
}

async function* bodyOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.byteLength > 0) yield bytes;
}
