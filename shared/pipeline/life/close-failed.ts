import type { Batch } from '../../domain/batch/batch.ts';
import type { BatchId } from '../../domain/ids.ts';
import { batchIdOf } from '../../domain/item/object-keys.ts';
import { itemsOf } from '../batch/batch-items.ts';
import { readBatch } from '../batch/batches.ts';
import type { Effects } from '../effects.ts';
import { completeIfEnded } from '../finish/complete-batch.ts';
import { writeRejected } from '../finish/manifest.ts';
import { isBeingIngested, refuseBatch } from '../ingest/finish-ingest.ts';
import { markReading, readReadingMarks } from '../ingest/reading-marks.ts';
import type { UploadEvent } from '../messages.ts';
import { isoTime } from '../money/attempt.ts';
import { batchKey } from '../rows/batch-row.ts';
import { rejectedPartition } from '../rows/rejected-row.ts';
import { cancelWaiting } from './cancel-batch.ts';

/** Refuses a batch whose file can't be read to its end. Keeps images, cancels queued items. `false` without a batch. */
export async function closeFailedIntake(
  effects: Effects,
  upload: UploadEvent,
  reason: string,
): Promise<boolean> {
  const batch = await batchOf(effects, upload);
  if (batch === undefined) return false;
  if (batch.state !== 'ingesting') return true;
  const why = `the file could not be read to its end (${reason})`;
  const begun = await countItems(effects, batch);
  if (begun === 0) {
    await refuseBatch(effects, batch, `${why}: nothing was generated; submit it again`);
    return true;
  }
  const cancelledAt = batch.cancelledAt ?? isoTime(effects.clock.now());
  await effects.table.write([
    { kind: 'update', key: batchKey(batch.id), set: { cancelledAt }, onlyIf: isBeingIngested },
  ]);
  const cancelled = await cancelWaiting(effects, batch.id, cancelledAt);
  const problem = `${why}: of ${begun} images of its first rows ${cancelled} are cancelled, the others are kept; submit it again`;
  await writeRejected(effects, batch.id);
  const rejected = await countRejected(effects, batch);
  const set = { state: 'refused', problem, items: begun, rejected };
  await effects.table.write([{ kind: 'update', key: batchKey(batch.id), set, onlyIf: isBeingIngested }]);
  await completeIfEnded(effects, batch.id);
  effects.log.warn('file refused', { batch: batch.id, problem });
  effects.notify({ kind: 'file-refused', batch: batch.id, problem });
  return true;
}

/** Keeps why a try failed, for the sweep. Never throws, because another error is on its way. */
export async function markIntakeFailed(
  effects: Effects,
  upload: UploadEvent,
  readProblem: string,
): Promise<void> {
  await whileIngested(effects, upload, (batch) => markReading(effects, batch, { readProblem }));
}

/** The same of a try that a busy table ended, which never counts towards a refusal. Returns how many did so in a row. */
export async function markIntakeBusy(
  effects: Effects,
  upload: UploadEvent,
  readProblem: string,
): Promise<number> {
  const marked = await whileIngested(effects, upload, async (batch) => {
    const readBusy = ((await readReadingMarks(effects, batch)).readBusy ?? 0) + 1;
    await markReading(effects, batch, { readProblem, readTries: 0, readBusy });
    return readBusy;
  });
  return marked ?? 1;
}

async function whileIngested<Marked>(
  effects: Effects,
  upload: UploadEvent,
  mark: (batch: BatchId) => Promise<Marked>,
): Promise<Marked | undefined> {
  try {
    const batch = await batchOf(effects, upload);
    return batch?.state === 'ingesting' ? await mark(batch.id) : undefined;
  } catch (error) {
    effects.log.error('a failed try could not be kept', error, { key: upload.key });
    return undefined;
  }
}

async function batchOf(effects: Effects, { key }: UploadEvent): Promise<Batch | undefined> {
  const info = await effects.store.head(key);
  return info && (await readBatch(effects.table, batchIdOf(info.key, info.version)));
}

async function countItems({ table }: Effects, { id }: Batch): Promise<number> {
  let count = 0;
  for await (const _item of itemsOf(table, id)) count += 1;
  return count;
}

async function countRejected({ table }: Effects, { id }: Batch): Promise<number> {
  let count = 0;
  for await (const _row of table.query({ pk: rejectedPartition(id) })) count += 1;
  return count;
}
