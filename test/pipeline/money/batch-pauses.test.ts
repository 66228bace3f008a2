import { describe, expect, test } from 'vitest';
import type { BatchId } from '../../../shared/domain/ids.ts';
import { batchIdOf } from '../../../shared/domain/item/object-keys.ts';
import { batchStatus } from '../../../shared/pipeline/finish/batch-status.ts';
import { generateItem } from '../../../shared/pipeline/image/generate.ts';
import {
  batchPausesNow,
  endBatchPause,
  pauseBatch,
  readBatchPauses,
} from '../../../shared/pipeline/money/batch-pauses.ts';
import type { BatchPause } from '../../../shared/pipeline/rows/batch-pause-row.ts';
import { limit } from '../../support/budgets.ts';
import { MODEL } from '../../support/specimens.ts';
import { generate, itemsIn, workerOf, workOff } from '../../support/work.ts';
import { csvOf, submit, useWorlds, type World } from '../../support/world.ts';

const freshWorld = useWorlds();

const BY_PERSON: BatchPause = {
  by: 'person',
  message: 'paused by `pressrun pause`',
  hint: '`pressrun resume`',
  since: '2026-11-21T12:00:00.000Z',
};

describe('a paused batch', () => {
  test('starts no call, uses up no attempt, and resumes when the pause ends', async () => {
    const world = await freshWorld();
    const batch = await submit(world, csvOf(2));
    await pauseBatch(world.effects, batch, BY_PERSON);

    const results = await generateAll(world, batch);

    expect(results).toEqual(Array(2).fill({ kind: 'wait', waitMs: 300_000, stopped: MODEL }));
    expect(world.simulator.totals().calls).toBe(0);
    expect(await batchStatus(world.effects, batch)).toMatchObject({ state: 'paused', pauses: [BY_PERSON] });
    expect((await itemsIn(world.effects, batch)).map(({ state }) => state.kind)).toEqual([
      'queued',
      'queued',
    ]);

    expect(await endBatchPause(world.effects.table, batch, 'person')).toBe(true);
    await workOff(world, batch);

    expect(await batchStatus(world.effects, batch)).toMatchObject({ state: 'complete', items: { done: 2 } });
  });

  test('leaves other batches alone', async () => {
    const world = await freshWorld();
    const paused = await submit(world, csvOf(1));
    const other = await submit(world, csvOf(2));
    await pauseBatch(world.effects, paused, BY_PERSON);

    await workOff(world, other);

    expect(await batchStatus(world.effects, other)).toMatchObject({ state: 'complete' });
    expect(await batchStatus(world.effects, paused)).toMatchObject({ state: 'paused', items: { done: 0 } });
  });

  test('is seen by a worker that is at it within two seconds', async () => {
    const world = await freshWorld();
    const batch = await submit(world, csvOf(3));
    const [first, second, third] = await itemsIn(world.effects, batch);
    const worker = workerOf(world.effects);
    if (!first || !second || !third) throw new Error('three items');

    await generateItem(world.effects, worker, first);
    await pauseBatch(world.effects, batch, BY_PERSON);
    await generateItem(world.effects, worker, second);
    world.clock.advance(2_000);
    const late = await generateItem(world.effects, worker, third);

    expect(late.kind).toBe('wait');
    expect(world.simulator.totals().calls).toBe(2);
  });
});

describe('pauses of a batch', () => {
  test('two simultaneous pauses are one; an existing pause stays unchanged', async () => {
    const { effects } = await freshWorld();
    const batch = batchIdOf('uploads/prompts.csv', '1');

    const both = await Promise.all([1, 2].map(() => pauseBatch(effects, batch, BY_PERSON)));
    const again = await pauseBatch(effects, batch, { ...BY_PERSON, message: 'again' });

    expect(both.toSorted()).toEqual([false, true]);
    expect(again).toBe(false);
    expect(await readBatchPauses(effects.table, batch)).toEqual([BY_PERSON]);
  });

  test('by you and by a budget coexist, and each ends separately', async () => {
    const { effects } = await freshWorld();
    const batch = batchIdOf('uploads/prompts.csv', '1');
    const byBudget: BatchPause = { ...BY_PERSON, by: 'budget', scope: 'day', limitMicro: 5_000_000 };
    await pauseBatch(effects, batch, BY_PERSON);
    await limit(effects, 'day', 5);
    await pauseBatch(effects, batch, byBudget);

    expect(await batchPausesNow(effects, batch)).toEqual([byBudget, BY_PERSON]);
    expect(await endBatchPause(effects.table, batch, 'person')).toBe(true);
    expect(await endBatchPause(effects.table, batch, 'person')).toBe(false);
    expect(await batchPausesNow(effects, batch)).toEqual([byBudget]);
  });

  test('by a budget end with its period, and may come again in the next', async () => {
    const { effects, clock } = await freshWorld();
    const batch = batchIdOf('uploads/prompts.csv', '1');
    const untilMs = clock.now() + 1_000;
    const today: BatchPause = { ...BY_PERSON, by: 'budget', scope: 'day', limitMicro: 5_000_000, untilMs };
    await limit(effects, 'day', 5);
    await pauseBatch(effects, batch, today);

    clock.advance(1_000);
    const held = await batchPausesNow(effects, batch);
    const tomorrow = { ...today, since: '2026-11-22T00:10:00.000Z', untilMs: untilMs + 86_400_000 };

    expect(held).toEqual([]);
    expect(await pauseBatch(effects, batch, tomorrow)).toBe(true);
    expect(await batchPausesNow(effects, batch)).toEqual([tomorrow]);
  });
});

async function generateAll({ effects }: World, batch: BatchId) {
  return await Promise.all((await itemsIn(effects, batch)).map((item) => generate(effects, item)));
}
