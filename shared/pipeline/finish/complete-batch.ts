import { type Batch, endedItems } from '../../domain/batch/batch.ts';
import type { BatchId } from '../../domain/ids.ts';
import { closeBatch, readBatch } from '../batch/batches.ts';
import type { Effects } from '../effects.ts';
import { isoTime } from '../money/attempt.ts';
import type { Condition } from '../ports.ts';
import { batchKey } from '../rows/batch-row.ts';
import { readProgress } from '../rows/progress-row.ts';
import { writeBatchFiles } from './manifest.ts';

/** Time enough to write the manifest of a million items; a worker that dies meanwhile is followed after that. */
const FINISHING_LEASE_MS = 300_000;

/**
 * Marks a batch complete when its last item has ended, and writes its manifest. Any number of workers may ask at once
 * or again: exactly one finishes it, and where that one dies, a later one does (I7).
 */
export async function completeIfEnded(
  effects: Pick<Effects, 'table' | 'store' | 'models' | 'clock' | 'notify'>,
  id: BatchId,
): Promise<'complete' | 'open'> {
  const batch = await readBatch(effects.table, id);
  if (batch?.state === 'complete') return 'complete';
  if (batch?.state === 'refused') return await closeRefused(effects, batch);
  if (batch?.state !== 'running' && batch?.state !== 'finishing') return 'open';
  if (!(await hasEnded(effects, batch))) return 'open';
  if (!(await claimFinishing(effects, id))) return 'open';
  // Items may have been set back to the queue since; from here on, none can be.
  if (!(await hasEnded(effects, batch))) return await giveFinishingBack(effects, id);

  await writeBatchFiles(effects, id);
  const result = await effects.table.write([
    {
      kind: 'update',
      key: batchKey(id),
      set: { state: 'complete', completedAt: isoTime(effects.clock.now()), finishUntilMs: undefined },
      onlyIf: { kind: 'equals', field: 'state', value: 'finishing' },
    },
    closeBatch(id),
  ]);
  if (result.kind === 'written') effects.notify({ kind: 'batch-complete', batch: id });
  return 'complete';
}

/** A file that was refused after some of it was taken in is over when calls under way are. */
async function closeRefused({ table }: Pick<Effects, 'table'>, batch: Batch): Promise<'open'> {
  if (await hasEnded({ table }, batch)) await table.write([closeBatch(batch.id)]);
  return 'open';
}

async function hasEnded({ table }: Pick<Effects, 'table'>, { id, items }: Batch): Promise<boolean> {
  return items !== undefined && endedItems(await readProgress(table, id)) >= items;
}

async function giveFinishingBack({ table }: Pick<Effects, 'table'>, id: BatchId): Promise<'open'> {
  const onlyIf: Condition = { kind: 'equals', field: 'state', value: 'finishing' };
  const set = { state: 'running', finishUntilMs: undefined };
  await table.write([{ kind: 'update', key: batchKey(id), set, onlyIf }]);
  return 'open';
}

async function claimFinishing(effects: Pick<Effects, 'table' | 'clock'>, id: BatchId): Promise<boolean> {
  const nowMs = effects.clock.now();
  const isFree: Condition = {
    kind: 'any',
    of: [
      { kind: 'equals', field: 'state', value: 'running' },
      {
        kind: 'all',
        of: [
          { kind: 'equals', field: 'state', value: 'finishing' },
          { kind: 'atMost', field: 'finishUntilMs', value: nowMs },
        ],
      },
    ],
  };
  const result = await effects.table.write([
    {
      kind: 'update',
      key: batchKey(id),
      set: { state: 'finishing', finishUntilMs: nowMs + FINISHING_LEASE_MS },
      onlyIf: isFree,
    },
  ]);
  return result.kind === 'written';
}
