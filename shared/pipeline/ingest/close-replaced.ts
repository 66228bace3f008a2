import type { Batch } from '../../domain/batch/batch.ts';
import { itemsOf } from '../batch/batch-items.ts';
import type { Effects } from '../effects.ts';
import { readCheckpoint } from '../rows/checkpoint-row.ts';
import { rejectedPartition, rejectedToRow } from '../rows/rejected-row.ts';
import { finishIngest, refuseBatch } from './finish-ingest.ts';

const REST_IS_GONE =
  'the file was replaced or deleted while it was read: rows from here on were not read; submit them again';

/** Closes a batch whose file was replaced or deleted while it was read, with a rejected line. `false` if the file is there. */
export async function closeIfReplaced(effects: Effects, batch: Batch): Promise<boolean> {
  const info = await effects.store.head(batch.key);
  if (info?.version === batch.version) return false;
  const checkpoint = await readCheckpoint(effects.table, batch.id);
  if (checkpoint === undefined) {
    await refuseBatch(effects, batch, 'the file was replaced or deleted before it was read: submit it again');
    return true;
  }
  // Rows after the checkpoint may be ingested too.
  let items = 0;
  let lastRow = checkpoint.position.row;
  for await (const item of itemsOf(effects.table, batch.id)) {
    items += 1;
    lastRow = Math.max(lastRow, item.row);
  }
  const reason = REST_IS_GONE;
  const rest = { row: lastRow + 1, line: checkpoint.position.line, reason };
  await effects.table.write([{ kind: 'put', row: rejectedToRow(batch.id, rest) }]);
  const rejected = await countRejected(effects, batch);
  await finishIngest(effects, batch, { ...checkpoint, items, rejected });
  return true;
}

async function countRejected(effects: Effects, batch: Batch): Promise<number> {
  let count = 0;
  for await (const _row of effects.table.query({ pk: rejectedPartition(batch.id) })) count += 1;
  return count;
}
