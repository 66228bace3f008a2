import type { BatchId } from '../../shared/domain/ids.ts';
import type { Item } from '../../shared/domain/item/item.ts';
import { itemsOf } from '../../shared/pipeline/batch/batch-items.ts';
import { readPicked } from '../../shared/pipeline/batch/marks.ts';
import type { Effects } from '../../shared/pipeline/effects.ts';
import { UsageError } from '../usage-error.ts';

/** The picked items of a batch in order. Throws `UsageError` if none is picked. */
export async function* pickedItems({ table }: Pick<Effects, 'table'>, batch: BatchId): AsyncIterable<Item> {
  const picked = await readPicked(table, batch);
  if (picked.size === 0) {
    throw new UsageError(`no image of ${batch} is picked. Pick some in \`pressrun dashboard\``);
  }
  for await (const item of itemsOf(table, batch)) {
    if (picked.has(`${item.row}/${item.variant}`)) yield item;
  }
}
