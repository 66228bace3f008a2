import * as z from 'zod/mini';
import { changedColumns } from '../../domain/batch/item-changes.ts';
import type { BatchId } from '../../domain/ids.ts';
import type { ContentHash } from '../../domain/item/content.ts';
import type { ItemRef, ItemSpec } from '../../domain/item/item.ts';
import { readItem } from '../batch/batch-items.ts';
import type { Effects } from '../effects.ts';
import { contentHashField, count, parseRow } from '../rows/fields.ts';
import { ITEM_PREFIX, itemsPartition } from '../rows/item-row.ts';
import { ALL_SHARDS } from '../rows/shards.ts';
import { earlierBatch } from './earlier-batch.ts';

/** An item of an earlier batch of the file that is asked for otherwise now, by the caller's own key. */
export interface ChangedItem {
  readonly id: string;
  readonly row: number;
  readonly variant: number;
  readonly columns: readonly string[];
}

/** An item of the earlier batch: the least by which it is known again. */
type EarlierItem = Pick<ItemRef, 'row' | 'variant'> & { readonly content?: ContentHash };

/** Tells what has changed since the newest earlier batch of a file of the same name; items are matched by `id`. */
export interface Comparison {
  /** The item as it was, if it was there. To be asked for each item of the file once. */
  earlier(spec: ItemSpec): EarlierItem | undefined;
  /** The columns in which an item differs from what it was; `content` is undefined if it is not known. */
  changeOf(was: EarlierItem, spec: ItemSpec, content: ContentHash | undefined): Promise<ChangedItem>;
  /** Ids that were there, and are not in the file any more. */
  gone(): string[];
}

export async function comparisonWithEarlier(
  { table }: Pick<Effects, 'table'>,
  fileName: string,
): Promise<Comparison> {
  const batch = await earlierBatch({ table }, fileName);
  const before = batch === undefined ? new Map<string, EarlierItem>() : await itemsById({ table }, batch.id);

  const asked = new Set<string>();

  function earlier({ id, variant }: ItemSpec): EarlierItem | undefined {
    if (id === undefined) return undefined;
    asked.add(id);
    const key = keyOf(id, variant);
    const was = before.get(key);
    before.delete(key);
    return was;
  }

  async function changeOf(was: EarlierItem, spec: ItemSpec, content: ContentHash | undefined) {
    const { id = '', row, variant } = spec;
    if (batch === undefined || was.content === content) return { id, row, variant, columns: [] };
    const item = await readItem(table, { batch: batch.id, ...was });
    return { id, row, variant, columns: item === undefined ? [] : changedColumns(item, spec) };
  }

  const idOf = (key: string) => key.slice(key.indexOf(' ') + 1);
  const gone = () => [...new Set([...before.keys()].map(idOf))].filter((id) => !asked.has(id));
  return { earlier, changeOf, gone };
}

const earlierRow = z.object({
  id: z.exactOptional(z.string()),
  row: count,
  variant: count,
  content: z.exactOptional(contentHashField),
});

async function itemsById(
  { table }: Pick<Effects, 'table'>,
  batch: BatchId,
): Promise<Map<string, EarlierItem>> {
  const items = new Map<string, EarlierItem>();
  for (const shard of ALL_SHARDS) {
    const pk = itemsPartition(batch, shard);
    const fields = ['id', 'row', 'variant', 'content'];
    for await (const row of table.query({ pk, skPrefix: ITEM_PREFIX, fields })) {
      const { id, ...item } = parseRow(earlierRow, row);
      if (id !== undefined) items.set(keyOf(id, item.variant), item);
    }
  }
  return items;
}

function keyOf(id: string, variant: number): string {
  return `${variant} ${id}`;
}
