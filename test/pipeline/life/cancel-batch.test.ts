import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { BatchId } from '../../../shared/domain/ids.ts';
import type { Effects } from '../../../shared/pipeline/effects.ts';
import { batchStatus } from '../../../shared/pipeline/finish/batch-status.ts';
import { completeIfEnded } from '../../../shared/pipeline/finish/complete-batch.ts';
import { LEASE_MS } from '../../../shared/pipeline/image/claim.ts';
import { generateItem } from '../../../shared/pipeline/image/generate.ts';
import { cancelBatch } from '../../../shared/pipeline/life/cancel-batch.ts';
import { sweep } from '../../../shared/pipeline/life/sweep.ts';
import { type EffectCall, failing, mortal, withAround } from '../../support/faults.ts';
import { chargesIn, outcomesIn, sumMicro, verify } from '../../support/ledger.ts';
import { generate, itemsIn, workerOf, workOff } from '../../support/work.ts';
import { csvOf, submit, useWorlds, type World } from '../../support/world.ts';

const freshWorld = useWorlds();

const isCall = ({ name }: EffectCall) => name === 'provider.call';
const isImagePut = ({ name, key }: EffectCall) => name === 'store.put' && key?.startsWith('images/') === true;

describe('a batch that is cancelled', () => {
  test('keeps its images, generates no more, and completes with a manifest that says so', async () => {
    const world = await freshWorld();
    const batch = await submit(world, csvOf(60));
    await generate(world.effects, await nth(world, batch, 1));

    const result = await cancelBatch(world.effects, batch);

    expect(result).toEqual({ kind: 'cancelled', items: 59 });
    expect(await batchStatus(world.effects, batch)).toMatchObject({
      state: 'complete',
      items: { done: 1, cancelled: 59, failed: 0, pending: 0 },
    });
    const manifest = await readFile(join(world.folder, 'batches', batch, 'manifest.csv'), 'utf8');
    expect(manifest.match(/,cancelled,/g)).toHaveLength(59);
    await workOff(world, batch);
    expect(world.simulator.totals().calls).toBe(1);
  });

  test('lets calls in progress end and records them, with their images', async () => {
    const world = await freshWorld();
    const batch = await submit(world, csvOf(3));
    const cancelling = withAround(world.effects, async (call, run) => {
      const result = await run();
      if (isCall(call)) await cancelBatch(world.effects, batch);
      return result;
    });

    await generate(cancelling, await nth(world, batch, 1));
    await completeIfEnded(world.effects, batch);

    expect(await states(world, batch)).toEqual(['done', 'cancelled', 'cancelled']);
    expect(await batchStatus(world.effects, batch)).toMatchObject({
      state: 'complete',
      creditsMicro: world.simulator.totals().creditsMicro,
    });
  });

  test('does not make an item again whose call in progress fails', async () => {
    const world = await freshWorld({ script: () => ({ kind: 'failure', failure: 'upstream-503' }) });
    const batch = await submit(world, csvOf(1));
    const cancelling = withAround(world.effects, async (call, run) => {
      if (isCall(call)) await cancelBatch(world.effects, batch);
      return await run();
    });

    await generate(cancelling, await nth(world, batch, 1));
    const before = await batchStatus(world.effects, batch);
    const again = await generate(world.effects, await nth(world, batch, 1));
    await sweepNow(world);

    expect(again.kind).toBe('wait');
    expect(before).toMatchObject({ state: 'cancelling', items: { pending: 1 } });
    expect(await batchStatus(world.effects, batch)).toMatchObject({
      state: 'complete',
      items: { cancelled: 1 },
    });
    expect(world.simulator.totals().calls).toBe(1);
  });

  test('is left alone within two seconds by a worker that is at it', async () => {
    const world = await freshWorld();
    const batch = await submit(world, csvOf(2));
    const worker = workerOf(world.effects);
    await generateItem(world.effects, worker, await nth(world, batch, 1));
    await mark(world, batch);

    world.clock.advance(2_000);
    const result = await generateItem(world.effects, worker, await nth(world, batch, 2));

    expect(result).toEqual({ kind: 'wait', waitMs: 60_000 });
    expect(world.simulator.totals().calls).toBe(1);
    await sweepNow(world);
    expect(await generateItem(world.effects, worker, await nth(world, batch, 2))).toEqual({
      kind: 'settled',
    });
    expect(await states(world, batch)).toEqual(['done', 'cancelled']);
  });

  test('by a command that died half-way is cancelled to its end by the sweep', async () => {
    const world = await freshWorld();
    const batch = await submit(world, csvOf(80));
    await mark(world, batch);

    await sweepNow(world);

    expect(await batchStatus(world.effects, batch)).toMatchObject({
      state: 'complete',
      items: { cancelled: 80 },
    });
  });

  test('keeps the image of a worker that died after its put, and records it once', async () => {
    const world = await freshWorld();
    const batch = await submit(world, csvOf(2));
    const worker = mortal(world.effects, 'after', isImagePut);
    void generate(worker.effects, await nth(world, batch, 1));
    await worker.died;
    await cancelBatch(world.effects, batch);

    world.clock.advance(LEASE_MS + 1);
    await sweepNow(world);

    expect(await states(world, batch)).toEqual(['done', 'cancelled']);
    expect(await outcomesIn(world.effects)).toEqual(['image']);
    expect(sumMicro(await chargesIn(world.effects))).toBe(world.simulator.totals().creditsMicro);
  });

  test('many times at once, beside its workers: each item ends once', async () => {
    const world = await freshWorld();
    const batch = await submit(world, csvOf(40));
    const items = await itemsIn(world.effects, batch);

    await Promise.all([
      ...items.slice(0, 12).map((item) => generate(world.effects, item)),
      ...Array.from({ length: 4 }, () => cancelBatch(world.effects, batch)),
    ]);
    await sweepNow(world);

    const kinds = await states(world, batch);
    const done = kinds.filter((kind) => kind === 'done').length;
    expect(await batchStatus(world.effects, batch)).toMatchObject({
      state: 'complete',
      items: { done, cancelled: 40 - done, pending: 0 },
    });
    expect(world.simulator.totals().billedCalls).toBe(done);
    expect((await verify(world.effects)).differences).toEqual([]);
  });

  test('that has finished stays unchanged', async () => {
    const world = await freshWorld();
    const batch = await submit(world, csvOf(1));
    await workOff(world, batch);

    expect(await cancelBatch(world.effects, batch)).toEqual({ kind: 'over', state: 'complete' });
    expect(await states(world, batch)).toEqual(['done']);
  });
});

async function nth(world: World, batch: BatchId, row: number) {
  const item = (await itemsIn(world.effects, batch)).find((each) => each.row === row);
  if (item === undefined) throw new Error(`no row ${row}`);
  return item;
}

async function states({ effects }: World, batch: BatchId): Promise<string[]> {
  return (await itemsIn(effects, batch)).map(({ state }) => state.kind);
}

/** As every minute. */
async function sweepNow({ effects, clock }: World): Promise<void> {
  await sweep(effects, { leasesEndedByMs: clock.now(), resend: 'none', onlyStalled: true });
}

/** A command that says that a batch is cancelled, and dies before it cancels any item. */
async function mark({ effects }: World, batch: BatchId): Promise<void> {
  const dying: Effects = failing(effects, 'after', ({ name }) => name === 'table.write');
  await expect(cancelBatch(dying, batch)).rejects.toThrow('reply lost');
}
