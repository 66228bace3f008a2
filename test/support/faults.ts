import { Readable } from 'node:stream';
import type { Effects } from '../../shared/pipeline/effects.ts';
import type { ObjectStore, Queue, TableWrite } from '../../shared/pipeline/ports.ts';
import { collect } from './collect.ts';

export type EffectName =
  | 'table.get'
  | 'table.write'
  | 'store.put'
  | 'store.head'
  | 'provider.call'
  | 'workQueue.send'
  | 'workQueue.setVisibility'
  | 'ingestQueue.send';

/** One call of an effect, as a fault sees it before it happens. */
export interface EffectCall {
  readonly name: EffectName;
  /** How many of this name there were, this one counted. */
  readonly nth: number;
  /** What a table write is given. */
  readonly writes?: readonly TableWrite[];
  /** What a put is given. */
  readonly key?: string;
}

/** Stands around every effect: runs it, or throws, or never returns. */
type Around = <Result>(call: EffectCall, run: () => Promise<Result>) => Promise<Result>;

/** The same effects, with every call of them going through `around`. */
export function withAround(effects: Effects, around: Around): Effects {
  const counts = new Map<EffectName, number>();
  const through = <Result>(name: EffectName, run: () => Promise<Result>, more: Partial<EffectCall> = {}) => {
    const nth = (counts.get(name) ?? 0) + 1;
    counts.set(name, nth);
    return around({ name, nth, ...more }, run);
  };
  const { table, store, provider, workQueue, ingestQueue } = effects;
  const queue = (name: 'workQueue' | 'ingestQueue', port: Queue): Queue => ({
    ...port,
    send: (messages) => through(`${name}.send`, () => port.send(messages)),
    setVisibility: (receipts, seconds) =>
      name === 'workQueue'
        ? through('workQueue.setVisibility', () => port.setVisibility(receipts, seconds))
        : port.setVisibility(receipts, seconds),
  });
  return {
    ...effects,
    table: {
      get: (key, reading) => through('table.get', () => table.get(key, reading)),
      query: (query) => table.query(query),
      write: (writes) => through('table.write', () => table.write(writes), { writes }),
    },
    store: {
      ...store,
      put: (key, body, options) => through('store.put', () => store.put(key, body, options), { key }),
      head: (key) => through('store.head', () => store.head(key), { key }),
    },
    provider: {
      ...provider,
      call: (...call) => through('provider.call', () => provider.call(...call)),
    },
    workQueue: queue('workQueue', workQueue),
    ingestQueue: queue('ingestQueue', ingestQueue),
  };
}

/** Effects of which one call fails: `before` it happened, or `after` it did, so that only its answer is lost. */
export function failing(
  effects: Effects,
  when: 'before' | 'after',
  isIt: (call: EffectCall) => boolean,
  error: Error = new Error('reply lost'),
): Effects {
  return withAround(effects, async (call, run) => {
    if (!isIt(call)) return await run();
    if (when === 'after') await run();
    throw error;
  });
}

/** A worker that ends in its tracks: nothing it was about to do happens any more, and nothing it began returns. */
interface Mortal {
  readonly effects: Effects;
  readonly died: Promise<void>;
  isDead(): boolean;
}

export function mortal(
  effects: Effects,
  when: 'before' | 'after',
  isIt: (call: EffectCall) => boolean,
): Mortal {
  const death = Promise.withResolvers<void>();
  let dead = false;
  const die = <Result>(): Promise<Result> => {
    dead = true;
    death.resolve();
    return new Promise<Result>(() => undefined);
  };
  const around: Around = async (call, run) => {
    if (dead) return await die();
    const last = isIt(call);
    if (last && when === 'before') return await die();
    const result = await run();
    return last || dead ? await die() : result;
  };
  const held = { ...effects, store: { ...effects.store, get: readWhole(effects.store) } };
  return { effects: withAround(held, around), died: death.promise, isDead: () => dead };
}

/** A process that ends closes its files; the abandoned half of one here would leave them open. */
function readWhole(store: ObjectStore): ObjectStore['get'] {
  return async (key, from) => {
    const object = await store.get(key, from);
    return object && { ...object, body: Readable.from(await collect(object.body)) };
  };
}

const CHANGES: readonly EffectName[] = [
  'table.write',
  'store.put',
  'workQueue.send',
  'workQueue.setVisibility',
  'ingestQueue.send',
];

/** True for the nth call that changes anything in the world, from 1. */
export function nthChange(nth: number): (call: EffectCall) => boolean {
  let changes = 0;
  return ({ name }) => {
    if (!CHANGES.includes(name)) return false;
    changes += 1;
    return changes === nth;
  };
}

export function heldAfter(effects: Effects, isIt: (call: EffectCall) => boolean) {
  return heldAt(effects, 'after', isIt);
}

export function heldBefore(effects: Effects, isIt: (call: EffectCall) => boolean) {
  return heldAt(effects, 'before', isIt);
}

/** Effects that stop before or after one call until they are released. */
function heldAt(effects: Effects, when: 'before' | 'after', isIt: (call: EffectCall) => boolean) {
  const reached = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const hold = () => {
    reached.resolve();
    return released.promise;
  };
  const held = withAround(effects, async (call, run) => {
    if (!isIt(call)) return await run();
    if (when === 'before') await hold();
    const result = await run();
    if (when === 'after') await hold();
    return result;
  });
  return { effects: held, reached: reached.promise, release: () => released.resolve() };
}
