import type { BatchId } from '../../domain/ids.ts';
import type { TableWrite } from '../ports.ts';
import { itemsPartition } from './item-row.ts';
import { shardOfText } from './shards.ts';

/**
 * Takes an `id` or a file name for a row of a batch: what must be unique in a file of any size is unique in the table.
 * The same row may take it again, so that reading the file twice changes nothing.
 */
export function claimUnique(batch: BatchId, kind: 'id' | 'name', value: string, row: number): TableWrite {
  const sk = `UNIQUE#${kind}#${value}`;
  return {
    kind: 'put',
    row: { pk: itemsPartition(batch, shardOfText(value)), sk, row },
    onlyIf: { kind: 'any', of: [{ kind: 'absent' }, { kind: 'equals', field: 'row', value: row }] },
  };
}
