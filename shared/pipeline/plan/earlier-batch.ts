import type { Batch } from '../../domain/batch/batch.ts';
import { uploadName } from '../../domain/item/object-keys.ts';
import { newestBatches, readBatch } from '../batch/batches.ts';
import type { Effects } from '../effects.ts';

/** So far back it is looked for: one read each. */
const NEWEST = 100;

/** The newest batch of a file of that name that was ingested, whatever was in it: what a plan compares the file with. */
export async function earlierBatch(
  { table }: Pick<Effects, 'table'>,
  fileName: string,
): Promise<Batch | undefined> {
  for await (const id of newestBatches(table, NEWEST)) {
    const batch = await readBatch(table, id);
    if (batch === undefined || batch.state === 'ingesting' || batch.state === 'refused') continue;
    if (uploadName(batch.key) === uploadName(fileName)) return batch;
  }
  return undefined;
}
