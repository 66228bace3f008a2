import type { Clock } from './ports.ts';

/** Values by key, believed for a while. */
export interface RecentlyRead<Key, Value> {
  current(key: Key): Promise<Value>;
  /** What is known may be wrong: the next look reads. */
  forget(): void;
}

/** Rereads values older than `freshMs`. Concurrent looks share one read; a failed one is not kept. */
export function createRecentlyRead<Key, Value>(
  clock: Pick<Clock, 'now'>,
  freshMs: number,
  read: (key: Key) => Promise<Value>,
): RecentlyRead<Key, Value> {
  const known = new Map<Key, { readonly value: Promise<Value>; readonly atMs: number }>();

  async function current(key: Key): Promise<Value> {
    const atMs = clock.now();
    const before = known.get(key);
    if (before !== undefined && atMs - before.atMs < freshMs) return await before.value;
    const value = read(key);
    value.catch(() => known.delete(key));
    known.set(key, { value, atMs });
    return await value;
  }

  return { current, forget: () => known.clear() };
}
