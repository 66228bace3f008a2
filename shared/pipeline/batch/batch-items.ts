import type { BatchId } from '../../domain/ids.ts';
import type { Item, ItemRef } from '../../domain/item/item.ts';
import type { Reading, Table } from '../ports.ts';
import { itemKey, itemsFrom, rowToItem } from '../rows/item-row.ts';
import { ALL_SHARDS } from '../rows/shards.ts';

/** One item as it is now; undefined if there is none. */
export async function readItem(
  table: Pick<Table, 'get'>,
  ref: ItemRef,
  reading?: Reading,
): Promise<Item | undefined> {
  const row = await table.get(itemKey(ref), reading);
  return row === undefined ? undefined : rowToItem(row);
}

/** A batch's items in order of row and variant, streamed from all shards: only the `first` few, or those from `fromRow` on. */
export async function* itemsOf(
  table: Pick<Table, 'query'>,
  batch: BatchId,
  { first, fromRow = 0 }: { readonly first?: number; readonly fromRow?: number } = {},
): AsyncIterable<Item> {
  const limit = first === undefined ? {} : { limit: first };
  const shards = ALL_SHARDS.map((shard) =>
    table.query({ ...itemsFrom(batch, shard, fromRow), ...limit })[Symbol.asyncIterator](),
  );
  const heads = await Promise.all(shards.map((shard) => shard.next()));
  for (let nth = 0; nth < (first ?? Number.POSITIVE_INFINITY); nth += 1) {
    const next = earliest(heads);
    const head = next === undefined ? undefined : heads[next];
    const shard = next === undefined ? undefined : shards[next];
    if (next === undefined || head === undefined || shard === undefined || head.done) return;
    yield rowToItem(head.value);
    heads[next] = await shard.next();
  }
}

/** As JSON, in characters: a batch of some ten thousand items. */
const MOST_KEPT = 64 * 1024 * 1024;

/** A batch's items for several passes: read once and kept if they fit in memory, else read each time. */
export function itemsReadOnce(
  table: Pick<Table, 'query'>,
  batch: BatchId,
  mostKept = MOST_KEPT,
): () => AsyncIterable<Item> {
  let kept: readonly Item[] | undefined;
  return async function* () {
    if (kept !== undefined) return yield* kept;
    const read: Item[] = [];
    let size = 0;
    for await (const item of itemsOf(table, batch)) {
      size += JSON.stringify(item).length;
      if (size <= mostKept) read.push(item);
      else read.length = 0;
      yield item;
    }
    if (size <= mostKept) kept = read;
  };
}

function earliest(heads: readonly IteratorResult<{ sk: string }>[]): number | undefined {
  let best: { index: number; sk: string } | undefined;
  for (const [index, head] of heads.entries()) {
    if (!head.done && (best === undefined || head.value.sk < best.sk)) best = { index, sk: head.value.sk };
  }
  return best?.index;
}
