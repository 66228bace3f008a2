import { describe, expect, test } from 'vitest';
import { readBatch } from '../../../shared/pipeline/batch/batches.ts';
import { completeIfEnded } from '../../../shared/pipeline/finish/complete-batch.ts';
import { ingestUpload } from '../../../shared/pipeline/ingest/ingest.ts';
import { sweep } from '../../../shared/pipeline/life/sweep.ts';
import { rejectedPartition, rowToRejected } from '../../../shared/pipeline/rows/rejected-row.ts';
import { workOff } from '../../support/work.ts';
import { csvOf, PLENTY_MS, upload, useWorlds, type World } from '../../support/world.ts';

const freshWorld = useWorlds();

describe('a file that is replaced while it is read', () => {
  test('ends its batch with the rows that were ingested, and a rejected line says that the rest is not', async () => {
    const world = await freshWorld();
    const rows = Array.from({ length: 50 }, (_, row) => `fox ${row}${`,${'x'.repeat(30_000)}`.repeat(3)}\n`);
    const { batch, key } = await upload(world, `prompt,a,b,c\n${rows.join('')}`, {}, 'prompts.csv');
    // The invocation's time is over at its first checkpoint: 4 MiB, or 47 of 50 rows, are ingested.
    expect(await ingestUpload(world.effects, { key }, () => 0)).toEqual({ kind: 'handed-over' });
    await replace(world, key, csvOf(3));

    await ingestUpload(world.effects, { key }, () => PLENTY_MS);
    await sweep(world.effects, { leasesEndedByMs: 0, resend: 'none' });
    await workOff(world, batch);
    await completeIfEnded(world.effects, batch);

    expect(await readBatch(world.effects.table, batch)).toMatchObject({
      state: 'complete',
      items: 47,
      rejected: 1,
    });
    expect(await rejectedOf(world, batch)).toEqual([
      expect.objectContaining({ row: 48, reason: expect.stringContaining('replaced or deleted') }),
    ]);
  });

  test('before a row of it was read, is refused, and its new content is a batch of its own', async () => {
    const world = await freshWorld();
    const { batch, key } = await upload(world, csvOf(5), {}, 'prompts.csv');
    const { table } = world.effects;
    await ingestUpload(
      { ...world.effects, store: { ...world.effects.store, get: () => Promise.reject(new Error('died')) } },
      { key },
      () => PLENTY_MS,
    ).catch(() => undefined);
    await world.effects.store.delete(key);

    await sweep(world.effects, { leasesEndedByMs: 0, resend: 'uploads' });

    expect(await readBatch(table, batch)).toMatchObject({ state: 'refused' });
  });

  test('leaves a batch alone whose file is as it was', async () => {
    const world = await freshWorld();
    const { batch, key } = await upload(world, csvOf(450), {}, 'prompts.csv');
    await ingestUpload(world.effects, { key }, () => 0);

    await sweep(world.effects, { leasesEndedByMs: 0, resend: 'none' });
    await ingestUpload(world.effects, { key }, () => PLENTY_MS);

    expect(await readBatch(world.effects.table, batch)).toMatchObject({ state: 'running', items: 450 });
  });
});

async function replace(world: World, key: string, content: string): Promise<void> {
  await world.effects.store.put(key, Buffer.from(content), { contentType: 'text/csv' });
}

async function rejectedOf(world: World, batch: Parameters<typeof rejectedPartition>[0]) {
  const rows = [];
  for await (const row of world.effects.table.query({ pk: rejectedPartition(batch) }))
    rows.push(rowToRejected(row));
  return rows;
}
