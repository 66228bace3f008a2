import type { Batch } from '../../domain/batch/batch.ts';
import type { BatchId } from '../../domain/ids.ts';
import type { Table, TableWrite, WriteResult } from '../ports.ts';
import { batchKey, openBatchKey } from '../rows/batch-row.ts';
import { readBatch } from './batches.ts';

/** `busy`: its manifest is being written, or it keeps changing; nothing was written. */
type ReopenResult = WriteResult | { readonly kind: 'busy' };

const MOST_TRIES = 5;

/**
 * Changes ended items in one transaction with the batch's row: reopens a complete batch (with `set`), and keeps others
 * from completing meanwhile. At most 98 writes; `refused` speaks of these alone.
 */
export async function writeReopening(
  { table }: { readonly table: Pick<Table, 'get' | 'write'> },
  id: BatchId,
  writes: readonly TableWrite[],
  set: { readonly cancelledAt?: undefined } = {},
): Promise<ReopenResult> {
  for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
    const batch = await readBatch(table, id);
    if (batch === undefined || batch.state === 'finishing' || batch.state === 'refused')
      return { kind: 'busy' };
    const result = await table.write([...writes, ...batchWrites(batch, set)]);
    if (result.kind === 'written') return result;
    const indexes = result.indexes.filter((index) => index < writes.length);
    if (indexes.length > 0) return { kind: 'refused', indexes };
  }
  return { kind: 'busy' };
}

function batchWrites({ id, state }: Batch, set: object): TableWrite[] {
  const key = batchKey(id);
  const onlyIf = { kind: 'equals', field: 'state', value: state } as const;
  // An update without a change: a condition check would be a permission of its own for every function.
  if (state !== 'complete') return [{ kind: 'update', key, set: { state }, onlyIf }];
  return [
    { kind: 'update', key, set: { ...set, state: 'running', completedAt: undefined }, onlyIf },
    { kind: 'put', row: { ...openBatchKey(id), batch: id } },
  ];
}
