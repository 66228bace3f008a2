import { describe, expect, test } from 'vitest';
import type { BatchId } from '../../../shared/domain/ids.ts';
import { NO_HISTORY } from '../../../shared/domain/item/item.ts';
import { openBatches } from '../../../shared/pipeline/batch/batches.ts';
import { batchStatus } from '../../../shared/pipeline/finish/batch-status.ts';
import { completeIfEnded } from '../../../shared/pipeline/finish/complete-batch.ts';
import { cancelBatch } from '../../../shared/pipeline/life/cancel-batch.ts';
import { retryBatch } from '../../../shared/pipeline/life/retry-batch.ts';
import { endPauses } from '../../../shared/pipeline/rate/provider-pauses.ts';
import { collect } from '../../support/collect.ts';
import { withAround } from '../../support/faults.ts';
import { outcomesIn, verify } from '../../support/ledger.ts';
import type { TestClock } from '../../support/test-clock.ts';
import { generate, itemsIn, workOff } from '../../support/work.ts';
import { csvOf, submit, useWorlds, type World } from '../../support/world.ts';

const freshWorld = useWorlds();

describe('retry', () => {
  test('generates failed items again as if they were new, reopens the batch, and leaves finished ones', async () => {
    const { world, batch, mend } = await failedBatch(4);
    const before = await world.countMessages('work');

    const result = await retryBatch(world.effects, batch);

    expect(result).toEqual({ kind: 'retried', items: 2, left: {} });
    expect(await batchStatus(world.effects, batch)).toMatchObject({
      state: 'running',
      items: { done: 2, failed: 0, pending: 2 },
    });
    expect((await itemsIn(world.effects, batch)).map(({ history }) => history).at(1)).toEqual(NO_HISTORY);
    expect(await collect(openBatches(world.effects.table))).toEqual([batch]);
    expect(await world.countMessages('work')).toBe(before + 2);

    mend();
    await workOff(world, batch);

    expect(await batchStatus(world.effects, batch)).toMatchObject({
      state: 'complete',
      items: { done: 4, failed: 0, pending: 0 },
    });
    expect(await outcomesIn(world.effects)).toEqual(expect.arrayContaining(Array(4).fill('image')));
    expect(await collect(openBatches(world.effects.table))).toEqual([]);
    expect((await verify(world.effects)).differences).toEqual([]);
  });

  test('of one code takes that alone', async () => {
    const { world, batch } = await failedBatch(4);

    expect(await retryBatch(world.effects, batch, 'policy')).toMatchObject({
      items: 0,
      left: { blocked: 2 },
    });
    expect(await batchStatus(world.effects, batch)).toMatchObject({ state: 'complete' });
    expect(await retryBatch(world.effects, batch, 'blocked')).toMatchObject({ items: 2, left: {} });
  });

  test('by several at once sets each item back once', async () => {
    const { world, batch, mend } = await failedBatch(70);

    const results = await Promise.all(Array.from({ length: 4 }, () => retryBatch(world.effects, batch)));

    const items = results.map((result) => (result?.kind === 'retried' ? result.items : Number.NaN));
    expect(items.reduce((sum, count) => sum + count, 0)).toBe(35);
    expect(await batchStatus(world.effects, batch)).toMatchObject({ items: { failed: 0, pending: 35 } });
    mend();
    await workOff(world, batch);
    expect(await batchStatus(world.effects, batch)).toMatchObject({ state: 'complete', items: { done: 70 } });
    expect(world.simulator.totals().calls).toBe(70 + 35);
  });

  test('sends the messages of an earlier retry that died before it could', async () => {
    const { world, batch } = await failedBatch(4);
    const before = await world.countMessages('work');
    const workQueue = { ...world.effects.workQueue, send: () => Promise.reject(new Error('killed')) };
    await expect(retryBatch({ ...world.effects, workQueue }, batch)).rejects.toThrow('killed');

    const result = await retryBatch(world.effects, batch);

    expect(result).toEqual({ kind: 'retried', items: 0, left: {} });
    expect(await world.countMessages('work')).toBe(before + 2);
  });

  test('beside a worker that is about to complete the batch: it is not complete before its items are', async () => {
    const { world, batch, mend } = await failedBatch(2, generateAll);
    let writes = 0;
    // Between its count of what has ended and its mark that it finishes the batch.
    const worker = withAround(world.effects, async ({ name }, run) => {
      if (name === 'table.write' && writes++ === 0) await retryBatch(world.effects, batch);
      return await run();
    });

    const answer = await completeIfEnded(worker, batch);

    expect(answer).toBe('open');
    expect(await batchStatus(world.effects, batch)).toMatchObject({
      state: 'running',
      items: { pending: 1 },
    });
    mend();
    await workOff(world, batch);
    expect(await batchStatus(world.effects, batch)).toMatchObject({ state: 'complete', items: { done: 2 } });
  });

  test('of cancelled items makes them after all', async () => {
    const world = await freshWorld();
    const batch = await submit(world, csvOf(3));
    await cancelBatch(world.effects, batch);

    expect(await retryBatch(world.effects, batch)).toMatchObject({ items: 0 });
    expect(await retryBatch(world.effects, batch, 'cancelled')).toMatchObject({ items: 3 });
    await workOff(world, batch);

    expect(await batchStatus(world.effects, batch)).toMatchObject({
      state: 'complete',
      items: { done: 3, cancelled: 0 },
    });
  });
});

/** A batch of which every second item is blocked, until `mend` is called. */
async function failedBatch(
  rows: number,
  work: (world: World<TestClock>, batch: BatchId) => Promise<void> = workOffResuming,
) {
  let blocks = true;
  const world = await freshWorld({
    script: ({ prompt }) =>
      blocks && /[02468]$/.test(prompt) ? { kind: 'failure', failure: 'blocked-content-filter' } : undefined,
  });
  const batch = await submit(world, csvOf(rows));
  await work(world, batch);
  return { world, batch, mend: () => (blocks = false) };
}

/** So many blocked prompts that were paid for may pause the model: a person looks, and resumes. */
async function workOffResuming(world: World<TestClock>, batch: BatchId): Promise<void> {
  await workOff(world, batch, () => endPauses(world.effects, world.effects.models.keys()));
}

/** As workers do it, but for the completion of the batch. */
async function generateAll({ effects }: World, batch: BatchId): Promise<void> {
  for (const item of await itemsIn(effects, batch)) await generate(effects, item);
}
