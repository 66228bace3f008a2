import type { Batch } from '../../domain/batch/batch.ts';
import type { BatchId } from '../../domain/ids.ts';
import type { Table, TableWrite } from '../ports.ts';
import {
  BATCH_LIST,
  batchKey,
  batchListKey,
  batchToRow,
  FIRST_BATCH_DAY,
  OPEN_BATCHES,
  openBatchKey,
  rowToBatch,
  rowToBatchId,
  rowToFirstDay,
} from '../rows/batch-row.ts';

export async function readBatch(table: Pick<Table, 'get'>, id: BatchId): Promise<Batch | undefined> {
  const row = await table.get(batchKey(id));
  return row === undefined ? undefined : rowToBatch(row);
}

/** Writes a new batch with its entries in the lists; `false` if it exists. */
export async function createBatch(table: Pick<Table, 'write'>, batch: Batch): Promise<boolean> {
  const result = await table.write([
    { kind: 'put', row: batchToRow(batch), onlyIf: { kind: 'absent' } },
    { kind: 'put', row: { ...batchListKey(batch), batch: batch.id } },
    { kind: 'put', row: { ...openBatchKey(batch.id), batch: batch.id } },
  ]);
  return result.kind === 'written';
}

/** Removes a finished batch from the list of open ones. */
export function closeBatch(id: BatchId): TableWrite {
  return { kind: 'delete', key: openBatchKey(id) };
}

/** The batches that are not finished. */
export async function* openBatches(table: Pick<Table, 'query'>): AsyncIterable<BatchId> {
  for await (const row of table.query({ pk: OPEN_BATCHES })) yield rowToBatchId(row);
}

export async function* newestBatches(table: Pick<Table, 'query'>, limit?: number): AsyncIterable<BatchId> {
  const some = limit === undefined ? {} : { limit };
  for await (const row of table.query({ pk: BATCH_LIST, descending: true, ...some })) yield rowToBatchId(row);
}

/** The day (UTC) of the first batch: nothing was spent before. */
export async function firstBatchDay(table: Pick<Table, 'query'>): Promise<string | undefined> {
  for await (const row of table.query({ pk: FIRST_BATCH_DAY.pk })) return rowToFirstDay(row);
  for await (const row of table.query({ pk: BATCH_LIST, limit: 1 })) return row.sk.slice(0, 10);
  return undefined;
}

/** Keeps the first batch's day before its entry goes. */
export async function rememberFirstDay(table: Pick<Table, 'query' | 'write'>): Promise<void> {
  const day = await firstBatchDay(table);
  if (day === undefined) return;
  await table.write([{ kind: 'put', row: { ...FIRST_BATCH_DAY, day }, onlyIf: { kind: 'absent' } }]);
}
