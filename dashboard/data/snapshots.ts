import { setImmediate as turn } from 'node:timers/promises';
import type { BatchId } from '../../shared/domain/ids.ts';
import type { Item } from '../../shared/domain/item/item.ts';
import { itemsOf } from '../../shared/pipeline/batch/batch-items.ts';
import { readBatch } from '../../shared/pipeline/batch/batches.ts';
import type { Effects } from '../../shared/pipeline/effects.ts';
import { readProgress } from '../../shared/pipeline/rows/progress-row.ts';

/** All items of a batch as they were at one moment. */
export interface Snapshot {
  readonly batch: BatchId;
  /** Changes whenever an item may have. */
  readonly version: string;
  readonly readAtMs: number;
  readonly items: readonly Item[];
  readonly truncated: boolean;
  /** Place in `items`, by `row/variant`. */
  readonly places: ReadonlyMap<string, number>;
}

/** More items than this are not held; the index says so. */
const MOST_ITEMS = 100_000;
const MOST_SNAPSHOTS = 4;
/** A large batch that changes is read again at most so often: 10,000 items are about 1,500 read units. */
const LARGE_ITEMS = 2_000;
const LARGE_AGE_MS = 60_000;
const SMALL_AGE_MS = 1_000;
/** After so many items, others have their turn: a local table answers at once, and nothing else would be served. */
const TURN_ITEMS = 200;
/** Reading takes at most one part in so many of this process's time. */
const SHARE = 60;

export type Snapshots = ReturnType<typeof createSnapshots>;

/** Holds what was read of a few batches; reads again only if the counters moved, and no more often than stated above. */
export function createSnapshots(effects: Pick<Effects, 'table' | 'clock'>, isLocal: boolean) {
  const held = new Map<BatchId, { snapshot: Snapshot; tookMs: number }>();
  const reading = new Map<BatchId, Promise<Snapshot>>();

  async function latest(batch: BatchId): Promise<Snapshot> {
    const known = held.get(batch);
    const version = await versionOf(effects, batch);
    if (known !== undefined) {
      if (known.snapshot.version === version && version.startsWith('complete')) return known.snapshot;
      if (!isOld(known, version)) return known.snapshot;
    }
    const running = reading.get(batch) ?? read(batch, version).finally(() => reading.delete(batch));
    reading.set(batch, running);
    return await running;
  }

  function isOld({ snapshot, tookMs }: { snapshot: Snapshot; tookMs: number }, version: string): boolean {
    const ageMs = effects.clock.now() - snapshot.readAtMs;
    const isLarge = snapshot.items.length > LARGE_ITEMS && !isLocal;
    const least = Math.max(isLarge ? LARGE_AGE_MS : SMALL_AGE_MS, tookMs * SHARE);
    // Items that are begun change no counter: they are seen as often as the bound allows.
    return ageMs >= least && (version !== snapshot.version || !version.startsWith('complete'));
  }

  async function read(batch: BatchId, version: string): Promise<Snapshot> {
    const readAtMs = effects.clock.now();
    const items: Item[] = [];
    let truncated = false;
    for await (const item of itemsOf(effects.table, batch)) {
      if (items.length >= MOST_ITEMS) {
        truncated = true;
        break;
      }
      items.push(item);
      if (items.length % TURN_ITEMS === 0) await turn();
    }
    const snapshot = snapshotOf({ batch, version, readAtMs, items, truncated });
    held.delete(batch);
    held.set(batch, { snapshot, tookMs: effects.clock.now() - readAtMs });
    for (const oldest of held.keys()) {
      if (held.size <= MOST_SNAPSHOTS) break;
      held.delete(oldest);
    }
    return snapshot;
  }

  /** The first items alone: what fills a screen, long before all are read. */
  async function first(batch: BatchId, count: number): Promise<Snapshot> {
    const items: Item[] = held.get(batch)?.snapshot.items.slice(0, count) ?? [];
    if (!held.has(batch))
      for await (const item of itemsOf(effects.table, batch, { first: count })) items.push(item);
    return snapshotOf({
      batch,
      version: `first.${count}`,
      readAtMs: effects.clock.now(),
      items,
      truncated: items.length === count,
    });
  }

  return {
    latest,
    first,
    /** What is held already, however old. */
    peek: (batch: BatchId): Snapshot | undefined => held.get(batch)?.snapshot,
  };
}

function snapshotOf(read: Omit<Snapshot, 'places'>): Snapshot {
  return {
    ...read,
    places: new Map(read.items.map(({ row, variant }, place) => [`${row}/${variant}`, place])),
  };
}

/** One read and one query of a few rows. */
async function versionOf({ table }: Pick<Effects, 'table'>, id: BatchId): Promise<string> {
  const batch = await readBatch(table, id);
  const { done, reused, failed, cancelled, creditsMicro } = await readProgress(table, id);
  return [batch?.state, batch?.items, done, reused, failed, cancelled, creditsMicro].join('.');
}

/** The item of a reference, from what is held. */
export function itemIn(snapshot: Snapshot, row: number, variant: number): Item | undefined {
  const place = snapshot.places.get(`${row}/${variant}`);
  return place === undefined ? undefined : snapshot.items[place];
}
