import type { AttemptId } from '../../domain/ids.ts';
import type { Item } from '../../domain/item/item.ts';
import { readItem } from '../batch/batch-items.ts';
import { writeReopening } from '../batch/reopen.ts';
import type { Effects } from '../effects.ts';
import { asDuplicate, recordDuplicateCharge, recordLateCharge } from '../money/ledger.ts';
import type { TableWrite } from '../ports.ts';
import { rememberImage } from '../rows/content-row.ts';
import { itemKey, stateFields } from '../rows/item-row.ts';
import { addProgress } from '../rows/progress-row.ts';
import { shardOfText } from '../rows/shards.ts';
import { findStoredImages, type StoredImage } from './stored-image.ts';

type Adopter = Pick<Effects, 'table' | 'store' | 'log' | 'notify' | 'clock'>;

/** A manifest takes seconds, for a million items minutes; then `retry` finds the image. */
const LOOK_AGAIN_MS = 2_000;
const MOST_LOOKS = 15;

/**
 * Gives an item that nobody works on the image in the store, whatever its state: records or corrects the attempt's
 * charge, and reopens a complete batch. `false` if the item is done or in work, or its manifest is being written.
 */
export async function adoptImage(effects: Adopter, ref: Item, stored: StoredImage): Promise<boolean> {
  await recordLateCharge(effects, stored.charge);
  for (let look = 1; look <= MOST_LOOKS; look += 1) {
    const result = await recordAdopted(effects, ref, stored);
    if (result === 'taken') await bookOthersAsDuplicates(effects, ref, stored.charge.attempt);
    if (result !== 'busy') return result === 'taken';
    await effects.clock.sleep(LOOK_AGAIN_MS);
  }
  return false;
}

/** An attempt that was given up may have put an image of another type under another key: it is recorded too. */
export async function bookOthersAsDuplicates(
  effects: Pick<Effects, 'store' | 'table' | 'log'>,
  item: Item,
  keptAttempt: AttemptId,
): Promise<void> {
  for (const { charge } of await findStoredImages(effects, item)) {
    if (charge.attempt === keptAttempt) continue;
    await recordLateCharge(effects, asDuplicate(charge));
    await recordDuplicateCharge(effects, charge);
  }
}

async function recordAdopted(
  effects: Adopter,
  ref: Item,
  { image, charge }: StoredImage,
): Promise<'taken' | 'not-free' | 'busy'> {
  const item = await readItem(effects.table, ref);
  const counted = item && countedAs(item);
  if (item === undefined || counted === undefined) return 'not-free';
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
  const { kind } = await writeReopening(effects, item.batch, writes);
  if (kind === 'busy') return 'busy';
  if (kind === 'refused') return 'not-free';
  effects.log.info('an image was found in the store', { batch: item.batch, attempt: charge.attempt });
  effects.notify({ kind: 'item-ended', item, imageKey: image.key });
  return 'taken';
}

/** What the counters lose; undefined if the item is not free. */
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
