import type { Item } from '../domain/item.ts';
import type { Effects } from './effects.ts';
import { bookLate } from './ledger.ts';
import type { TableWrite } from './ports.ts';
import { writeReopening } from './reopen.ts';
import { rememberImage } from './rows/content-row.ts';
import { itemKey, rowToItem, stateFields } from './rows/item-row.ts';
import { addProgress } from './rows/progress-row.ts';
import { shardOfText } from './shards.ts';
import type { StoredImage } from './stored-image.ts';

type Adopter = Pick<Effects, 'table' | 'log' | 'notify'>;

/**
 * Gives an item that nobody works on the image that the store has for it: one that waits, failed or was cancelled is
 * done by it, and a batch that was complete is open again until its manifest is written anew. The charge of the attempt
 * that brought the image is booked, or corrected, before. `false` where the item is in work, or done already.
 */
export async function adoptImage(effects: Adopter, ref: Item, stored: StoredImage): Promise<boolean> {
  await bookLate(effects, stored.charge);
  const row = await effects.table.get(itemKey(ref));
  if (row === undefined) return false;
  const item = rowToItem(row);
  const counted = countedAs(item);
  if (counted === undefined) return false;
  const { image, charge } = stored;
  const writes: TableWrite[] = [
    {
      kind: 'update',
      key: itemKey(item),
      set: stateFields({ kind: 'done', image, attempt: charge.attempt }),
      onlyIf: { kind: 'equals', field: 'state', value: item.state.kind },
    },
    addProgress(item.batch, shardOfText(charge.attempt), { ...counted, done: 1 }),
    ...rememberImage(item, image),
  ];
  const result = await writeReopening(effects, item.batch, writes);
  if (result.kind !== 'written') return false;
  effects.log.info('an image was found in the store', { batch: item.batch, attempt: charge.attempt });
  effects.notify({ kind: 'item-ended', item, imageKey: image.key });
  return true;
}

/** What the batch's counters no longer count; undefined where the item is not free to take. */
function countedAs({ state }: Item): { failed?: -1; cancelled?: -1 } | undefined {
  switch (state.kind) {
    case 'queued':
      return {};
    case 'failed':
      return { failed: -1 };
    case 'cancelled':
      return { cancelled: -1 };
    case 'working':
    case 'done':
    case 'reused':
      return undefined;
  }
}
