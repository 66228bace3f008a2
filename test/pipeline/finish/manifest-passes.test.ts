import { describe, expect, test } from 'vitest';
import { batchFileKey } from '../../../shared/domain/item/object-keys.ts';
import { itemsReadOnce } from '../../../shared/pipeline/batch/batch-items.ts';
import { manifestFiles, writeBatchFiles } from '../../../shared/pipeline/finish/manifest.ts';
import type { Table } from '../../../shared/pipeline/ports.ts';
import { ALL_SHARDS } from '../../../shared/pipeline/rows/shards.ts';
import { collect } from '../../support/collect.ts';
import { workOff } from '../../support/work.ts';
import { csvOf, submit, useWorlds } from '../../support/world.ts';

const freshWorld = useWorlds();

describe('a manifest', () => {
  test('is written from one reading of its items', async () => {
    const { effects, batch } = await finished();
    const { table, readings } = countingReadings(effects.table);

    await writeBatchFiles({ ...effects, table }, batch);

    expect(readings()).toBe(1);
    const written = await effects.store.get(batchFileKey(batch, 'manifest.jsonl'));
    expect(await textOf(written?.body ?? emptyBody())).toMatch(/^(\{.*\}\n){12}$/);
  });

  test('is the same for a batch too large to keep in memory', async () => {
    const { effects, batch } = await finished();
    const { table, readings } = countingReadings(effects.table);
    const nameOf = (_: unknown, key: string) => key;

    const kept = await manifestFiles(itemsReadOnce(effects.table, batch), nameOf);
    const read = await manifestFiles(itemsReadOnce(table, batch, 2_000), nameOf);

    expect(await textOf(read.csv)).toBe(await textOf(kept.csv));
    expect(await textOf(read.jsonl)).toBe(await textOf(kept.jsonl));
    expect(readings()).toBe(3);
  });
});

async function finished() {
  const world = await freshWorld();
  const batch = await submit(world, csvOf(12));
  await workOff(world, batch);
  return { effects: world.effects, batch };
}

/** The same table, which counts how often all shards of a batch's items are read. */
function countingReadings(table: Table) {
  let queries = 0;
  const query: Table['query'] = (asked) => {
    if (asked.skPrefix === 'ITEM#') queries += 1;
    return table.query(asked);
  };
  return { table: { ...table, query }, readings: () => queries / ALL_SHARDS.length };
}

async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  return Buffer.concat(await collect(chunks)).toString();
}

async function* emptyBody(): AsyncGenerator<Uint8Array> {}
