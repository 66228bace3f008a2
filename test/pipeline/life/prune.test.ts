import { describe, expect, test } from 'vitest';
import type { BatchId } from '../../../shared/domain/ids.ts';
import { type Item, imageOf } from '../../../shared/domain/item/item.ts';
import { firstBatchDay, readBatch } from '../../../shared/pipeline/batch/batches.ts';
import { completeIfEnded } from '../../../shared/pipeline/finish/complete-batch.ts';
import { pruneBatches } from '../../../shared/pipeline/life/prune.ts';
import { finishedBatches, surveyPrune } from '../../../shared/pipeline/life/prune-survey.ts';
import { collect } from '../../support/collect.ts';
import { chargesIn, verify } from '../../support/ledger.ts';
import type { TestClock } from '../../support/test-clock.ts';
import { itemsIn, workOff } from '../../support/work.ts';
import { type World as AnyWorld, inMemory, submit, useWorlds } from '../../support/world.ts';

const freshWorld = useWorlds();
type World = AnyWorld<TestClock>;
const FOXES = 'id,name,prompt\na,Fox,a fox\nb,Hare,a hare\nc,,\n';

describe('pruning', () => {
  test('frees all files and rows of finished batches, and leaves every charge', async () => {
    const world = inMemory(await freshWorld());
    const batch = await finished(world, FOXES);
    const before = await verify(world.effects);
    const day = await firstBatchDay(world.effects.table);

    const [surveyed] = await surveyPrune(world.effects, await finishedBatches(world.effects));
    const bytes = await bytesIn(world);
    await prune(world);

    expect(surveyed).toMatchObject({ batch: { id: batch }, imagesInUse: 0, bytes });
    expect(await collect(world.effects.store.list(''))).toEqual([]);
    expect(await readBatch(world.effects.table, batch)).toBeUndefined();
    expect(await itemsIn(world.effects, batch)).toEqual([]);
    expect(await chargesIn(world.effects)).toHaveLength(2);
    expect(await verify(world.effects)).toEqual(before);
    expect(await firstBatchDay(world.effects.table)).toBe(day);
  });

  test('makes the same file new work: ids, names and images are free again', async () => {
    const world = inMemory(await freshWorld());
    await finished(world, FOXES);
    await prune(world);

    const again = await finished(world, FOXES);

    const items = await itemsIn(world.effects, again);
    expect(items.map(({ id, fileName, state }) => [id, fileName, state.kind])).toEqual([
      ['a', 'Fox', 'done'],
      ['b', 'Hare', 'done'],
    ]);
    expect(world.simulator.totals().calls).toBe(4);
  });

  test('leaves images that other batches reuse, and takes them when the last of these goes', async () => {
    const world = inMemory(await freshWorld());
    const first = await finished(world, FOXES);
    const second = await finished(world, 'prompt\na fox\na cat\n');

    const [survey] = await surveyPrune(world.effects, await chosen(world, first));
    await prune(world, first);

    expect(survey).toMatchObject({ imagesInUse: 1 });
    expect(await missing(world, second)).toEqual([]);
    const third = await finished(world, 'prompt\na fox\na dog\n');
    expect((await itemsIn(world.effects, third)).map(({ state }) => state.kind)).toEqual(['reused', 'done']);
    await prune(world);
    expect(await collect(world.effects.store.list(''))).toEqual([]);
  });

  test('deletes only finished batches, and resumes after an interruption', async () => {
    const world = inMemory(await freshWorld());
    const [first, second] = [
      await finished(world, 'prompt\na fox\n'),
      await finished(world, 'prompt\na hare\n'),
    ];
    const open = await submit(world, 'prompt\na cat\n');

    await prune(world, undefined, 1);
    const left = (await finishedBatches(world.effects)).map(({ id }) => id);
    await prune(world);

    expect(left).toEqual([second]);
    expect(await readBatch(world.effects.table, first)).toBeUndefined();
    expect(await readBatch(world.effects.table, second)).toBeUndefined();
    expect(await readBatch(world.effects.table, open)).toMatchObject({ state: 'running' });
  });

  test('chooses batches by when they ended', async () => {
    const world = inMemory(await freshWorld());
    const batch = await finished(world, 'prompt\na fox\n');
    const endedMs = Date.parse((await readBatch(world.effects.table, batch))?.completedAt ?? '');

    expect(await finishedBatches(world.effects, endedMs)).toEqual([]);
    expect(await finishedBatches(world.effects, endedMs + 1)).toHaveLength(1);
  });
});

async function finished(world: World, file: string): Promise<BatchId> {
  const batch = await submit(world, file);
  await workOff(world, batch);
  await completeIfEnded(world.effects, batch);
  return batch;
}

async function chosen({ effects }: World, only?: BatchId) {
  return (await finishedBatches(effects)).filter(({ id }) => only === undefined || id === only);
}

async function prune(world: World, only?: BatchId, atMost = Number.POSITIVE_INFINITY): Promise<void> {
  let pruned = 0;
  await pruneBatches(world.effects, await chosen(world, only), {
    isStopped: () => pruned >= atMost,
    onPruned: () => {
      pruned += 1;
    },
  });
}

async function bytesIn({ effects }: World): Promise<number> {
  return (await collect(effects.store.list(''))).reduce((sum, { bytes }) => sum + bytes, 0);
}

async function missing({ effects }: World, batch: BatchId): Promise<Item[]> {
  const items = await itemsIn(effects, batch);
  const heads = await Promise.all(items.map((item) => effects.store.head(imageOf(item)?.key ?? '')));
  return items.filter((_, index) => heads[index] === undefined);
}
