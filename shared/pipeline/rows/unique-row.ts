import type { BatchId } from '../../domain/ids.ts';
import type { TableWrite } from '../ports.ts';
import { itemsPartition } from './item-row.ts';
import { shardOfText } from './shards.ts';

/** Claims an `id` or file name for a row, in the table so that a file of any size fits. The same row may claim it again. */
export function claimUnique(batch: BatchId, kind: 'id' | 'name', value: string, row: number): TableWrite {
  const sk = `UNIQUE#${kind}#${value}`;
  return {
    kind: 'put',
    row: { pk: itemsPartition(batch, shardOfText(value)), sk, row },
    onlyIf: { kind: 'any', of: [{ kind: 'absent' }, { kind: 'equals', field: 'row', value: row }] },
  };
}
