import * as z from 'zod/mini';
import { NO_PROGRESS, type Progress } from '../../domain/batch/batch.ts';
import type { BatchId } from '../../domain/ids.ts';
import type { Table, TableKey, TableRow, TableWrite } from '../ports.ts';
import { type Fields, parseRow } from './fields.ts';
import { itemsPartition } from './item-row.ts';
import { ALL_SHARDS } from './shards.ts';

const PROGRESS = 'PROGRESS';
/** A shard may be negative: an item may be counted in one and removed in another. */
const counted = z.exactOptional(z.int());

const progressRow = z.object({
  done: counted,
  reused: counted,
  failed: counted,
  cancelled: counted,
  creditsMicro: counted,
  creditsMaxUnknownMicro: counted,
} satisfies Fields<Progress>);

function progressKey(batch: BatchId, shard: number): TableKey {
  return { pk: itemsPartition(batch, shard), sk: PROGRESS };
}

export function addProgress(batch: BatchId, shard: number, add: Partial<Progress>): TableWrite {
  return { kind: 'update', key: progressKey(batch, shard), add };
}

export async function readProgress(table: Pick<Table, 'get' | 'query'>, batch: BatchId): Promise<Progress> {
  let sum = NO_PROGRESS;
  const add = (row: TableRow | undefined) => {
    if (row !== undefined) sum = plus(sum, rowToProgress(row));
  };
  // 0.2 kept them beside the batch.
  const addEarlier = async () => {
    for await (const row of table.query({ pk: `BATCH#${batch}`, skPrefix: PROGRESS })) add(row);
  };
  await Promise.all([
    addEarlier(),
    ...ALL_SHARDS.map(async (shard) => add(await table.get(progressKey(batch, shard)))),
  ]);
  return sum;
}

function rowToProgress(row: TableRow): Progress {
  return { ...NO_PROGRESS, ...parseRow(progressRow, row) };
}

function plus(a: Progress, b: Progress): Progress {
  return {
    done: a.done + b.done,
    reused: a.reused + b.reused,
    failed: a.failed + b.failed,
    cancelled: a.cancelled + b.cancelled,
    creditsMicro: a.creditsMicro + b.creditsMicro,
    creditsMaxUnknownMicro: a.creditsMaxUnknownMicro + b.creditsMaxUnknownMicro,
  };
}
