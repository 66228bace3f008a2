import type { BatchId } from '../../domain/ids.ts';
import { imageOf } from '../../domain/item/item.ts';
import { batchIdOf } from '../../domain/item/object-keys.ts';
import type { Charge } from '../../domain/money/charge.ts';
import { itemsOf } from '../batch/batch-items.ts';
import { readBatch } from '../batch/batches.ts';
import type { Effects } from '../effects.ts';
import { completeIfEnded } from '../finish/complete-batch.ts';
import { adoptImage, bookOthersAsDuplicates } from '../image/adopt.ts';
import { findStoredImage } from '../image/stored-image.ts';
import { ingestUpload } from '../ingest/ingest.ts';
import { visibleUploads } from '../ingest/uploads.ts';
import { isoTime } from '../money/attempt.ts';
import { endBatchPause, pauseBatch, readBatchPauses } from '../money/batch-pauses.ts';
import { recordLateCharge } from '../money/ledger.ts';
import type { ObjectHead, TableRow } from '../ports.ts';
import { rowToCharge } from '../rows/charge-row.ts';

export interface Rebuilt {
  readonly batches: number;
  /** Items that got their stored image. */
  readonly adopted: number;
  /** Items without an image: each batch is paused until you resume it. */
  readonly open: readonly { readonly batch: BatchId; readonly items: number }[];
  readonly charges: number;
  /** Unreadable uploads, with the reason. */
  readonly unread: readonly { readonly key: string; readonly problem: string }[];
}

/**
 * Rebuilds a lost table from the store: files, images, and the charges in their metadata, each once. `left`: readable rows.
 * Workers leave rebuilt batches alone until you resume them: which rows had failed or were cancelled is lost, and their
 * calls would be paid. `resumeHint` says how.
 */
export async function rebuildStage(
  effects: Effects,
  left: readonly TableRow[],
  resumeHint: (batch: BatchId) => string,
): Promise<Rebuilt> {
  const batches: BatchId[] = [];
  const open: { batch: BatchId; items: number }[] = [];
  const unread: { key: string; problem: string }[] = [];
  let adopted = 0;
  // Oldest first: later files reuse images of earlier ones.
  for (const upload of await uploadsOf(effects)) {
    const batch = batchIdOf(upload.key, upload.version);
    if ((await readBatch(effects.table, batch)) === undefined) {
      const since = isoTime(effects.clock.now());
      await pauseBatch(effects, batch, { by: 'person', message: REBUILT, hint: resumeHint(batch), since });
    }
    try {
      await ingestUpload(effects, { key: upload.key }, () => Number.POSITIVE_INFINITY);
    } catch (error) {
      unread.push({ key: upload.key, problem: error instanceof Error ? error.message : String(error) });
      continue;
    }
    const { items, waiting } = await adoptAll(effects, batch);
    adopted += items;
    batches.push(batch);
    if (waiting > 0) open.push({ batch, items: waiting });
    else await endRebuiltPause(effects, batch);
  }
  const charges = await bookCharges(effects, left);
  for (const batch of batches) await completeIfEnded(effects, batch);
  return { batches: batches.length, adopted, open, charges, unread };
}

const REBUILT = 'rebuilt by `pressrun repair`: what has no image may have failed, or been cancelled';

async function endRebuiltPause({ table }: Pick<Effects, 'table'>, batch: BatchId): Promise<void> {
  const pauses = await readBatchPauses(table, batch);
  if (pauses.some(({ message }) => message === REBUILT)) await endBatchPause(table, batch, 'person');
}

async function uploadsOf({ store }: Pick<Effects, 'store'>): Promise<ObjectHead[]> {
  const uploads: ObjectHead[] = [];
  for await (const head of visibleUploads(store)) uploads.push(head);
  return uploads.sort((a, b) => a.modifiedAtMs - b.modifiedAtMs);
}

async function adoptAll(effects: Effects, batch: BatchId): Promise<{ items: number; waiting: number }> {
  let items = 0;
  let waiting = 0;
  if ((await readBatch(effects.table, batch)) === undefined) return { items, waiting };
  for await (const item of itemsOf(effects.table, batch)) {
    const { state } = item;
    // An earlier rebuild may have ended just before.
    if (state.kind === 'done') await bookOthersAsDuplicates(effects, item, state.attempt);
    if (imageOf(item) !== undefined) continue;
    const stored = await findStoredImage(effects, item);
    if (stored !== undefined && (await adoptImage(effects, item, stored))) items += 1;
    else if (state.kind === 'queued' || state.kind === 'working') waiting += 1;
  }
  return { items, waiting };
}

/** Calls without a kept image are in no object: their charges come from the readable rows. */
async function bookCharges(effects: Effects, left: readonly TableRow[]): Promise<number> {
  let booked = 0;
  for (const row of left.filter(({ pk }) => pk.startsWith('CHARGES#'))) {
    const charge = chargeIn(row);
    if (charge === undefined) continue;
    await recordLateCharge(effects, charge);
    booked += 1;
  }
  return booked;
}

/** Undefined if the row itself is damaged. */
function chargeIn(row: TableRow): Charge | undefined {
  try {
    return rowToCharge(row);
  } catch {
    return undefined;
  }
}
