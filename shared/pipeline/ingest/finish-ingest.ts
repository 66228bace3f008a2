import type { Batch } from '../../domain/batch/batch.ts';
import { closeBatch } from '../batch/batches.ts';
import type { Effects } from '../effects.ts';
import { completeIfEnded } from '../finish/complete-batch.ts';
import { writeRejected } from '../finish/manifest.ts';
import type { Condition } from '../ports.ts';
import { batchKey } from '../rows/batch-row.ts';
import { type Checkpoint, checkpointWrite } from '../rows/checkpoint-row.ts';

export type IngestResult =
  | { readonly kind: 'taken-in' | 'handed-over' | 'known' | 'gone' }
  | { readonly kind: 'refused'; readonly problem: string };

/** Ends the reading of a file: its batch runs. */
export async function finishIngest(effects: Effects, batch: Batch, end: Checkpoint): Promise<IngestResult> {
  if (end.items + end.rejected === 0) {
    return await refuseBatch(effects, batch, 'the file has no rows: add one for each image');
  }
  await writeRejected(effects, batch.id);
  const set = { state: 'running', items: end.items, rejected: end.rejected };
  await effects.table.write([
    { kind: 'update', key: batchKey(batch.id), set, onlyIf: isBeingIngested },
    checkpointWrite(batch.id, end),
  ]);
  effects.log.info('file taken in', { batch: batch.id, items: end.items, rejected: end.rejected });
  await completeIfEnded(effects, batch.id);
  return { kind: 'taken-in' };
}

export async function refuseBatch(effects: Effects, batch: Batch, problem: string): Promise<IngestResult> {
  await effects.table.write([
    {
      kind: 'update',
      key: batchKey(batch.id),
      set: { state: 'refused', problem, items: 0, rejected: 0 },
      onlyIf: isBeingIngested,
    },
    closeBatch(batch.id),
  ]);
  effects.log.warn('file refused', { batch: batch.id, problem });
  effects.notify({ kind: 'file-refused', batch: batch.id, problem });
  return { kind: 'refused', problem };
}

export const isBeingIngested: Condition = { kind: 'equals', field: 'state', value: 'ingesting' };
