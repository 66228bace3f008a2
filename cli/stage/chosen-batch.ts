import { type BatchId, parseBatchId } from '../../shared/domain/ids.ts';
import { newestBatches, readBatch } from '../../shared/pipeline/batch/batches.ts';
import type { Effects } from '../../shared/pipeline/effects.ts';
import { batchStatus } from '../../shared/pipeline/finish/batch-status.ts';
import { UsageError } from '../usage-error.ts';
import { waitingUpload } from './waiting-upload.ts';

/** The batch that a person names, taken in or not; the newest where none is named. Throws `UsageError` where there is none. */
export async function chosenBatch(effects: Effects, text: string | undefined): Promise<BatchId> {
  if (text === undefined) {
    for await (const newest of newestBatches(effects.table, 1)) return newest;
    throw new UsageError('there is no batch yet: `pressrun run FILE` makes one');
  }
  const id = parseBatchId(text);
  if (id === undefined) throw notFound(text);
  const found = (await batchStatus(effects, id)) ?? (await waitingUpload(effects, id));
  if (found === undefined) throw notFound(text);
  return id;
}

/** The batch that a person names, to change it. Throws `UsageError` where there is none, or its file is still unread. */
export async function batchToChange(effects: Effects, text: string): Promise<BatchId> {
  const id = await chosenBatch(effects, text);
  if ((await readBatch(effects.table, id)) !== undefined) return id;
  throw new UsageError(`the file of ${id} is not taken in yet: try again when \`pressrun status\` lists it`);
}

export function notFound(batch: string): UsageError {
  return new UsageError(
    `there is no batch "${batch}" in this stage: \`pressrun status\` lists those there are`,
  );
}
