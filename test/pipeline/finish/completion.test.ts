import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { batchStatus } from '../../../shared/pipeline/finish/batch-status.ts';
import { completeIfEnded } from '../../../shared/pipeline/finish/complete-batch.ts';
import { retryBatch } from '../../../shared/pipeline/life/retry-batch.ts';
import { sweep } from '../../../shared/pipeline/life/sweep.ts';
import { batchKey } from '../../../shared/pipeline/rows/batch-row.ts';
import { itemKey } from '../../../shared/pipeline/rows/item-row.ts';
import { type EffectCall, mortal, withAround } from '../../support/faults.ts';
import type { TestClock } from '../../support/test-clock.ts';
import { generate, itemsIn } from '../../support/work.ts';
import { csvOf, submit, useWorlds } from '../../support/world.ts';

const freshWorld = useWorlds();

const isManifest = ({ name, key }: EffectCall) =>
  name === 'store.put' && key?.endsWith('/manifest.csv') === true;

describe('when the last item of a batch has ended', () => {
  test('exactly one of many workers that ask completes it', async () => {
    const { world, batch } = await endedBatch();
    let manifests = 0;
    const counted = withAround(world.effects, (call, run) => {
      if (isManifest(call)) manifests += 1;
      return run();
    });

    const answers = await Promise.all(Array.from({ length: 12 }, () => completeIfEnded(counted, batch)));
    const later = await completeIfEnded(counted, batch);

    expect(answers.filter((answer) => answer === 'complete').length).toBeGreaterThan(0);
    expect(later).toBe('complete');
    expect(manifests).toBe(1);
    expect(world.events.filter(({ kind }) => kind === 'batch-complete')).toEqual([
      { kind: 'batch-complete', batch },
    ]);
    expect(await batchStatus(world.effects, batch)).toMatchObject({ state: 'complete', items: { done: 3 } });
  });

  test('one that dies while it finishes is followed when its time has run out', async () => {
    const { world, batch } = await endedBatch();
    const worker = mortal(world.effects, 'before', isManifest);
    void completeIfEnded(worker.effects, batch);
    await worker.died;

    const tooEarly = await completeIfEnded(world.effects, batch);
    world.clock.advance(20_001);
    const swept = await sweep(world.effects, { leasesEndedByMs: world.clock.now(), resend: 'none' });

    expect(tooEarly).toBe('open');
    expect(swept.batchesCompleted).toBe(1);
    expect(existsSync(join(world.folder, 'batches', batch, 'manifest.csv'))).toBe(true);
    expect(await batchStatus(world.effects, batch)).toMatchObject({ state: 'complete' });
  });

  test('one that dies while it finishes is followed at once by a start that works alone', async () => {
    const { world, batch } = await endedBatch();
    const worker = mortal(world.effects, 'after', isManifest);
    void completeIfEnded(worker.effects, batch);
    await worker.died;

    const swept = await sweep(world.effects, { leasesEndedByMs: Number.MAX_SAFE_INTEGER, resend: batch });

    expect(swept.batchesCompleted).toBe(1);
    expect(await batchStatus(world.effects, batch)).toMatchObject({ state: 'complete' });
  });

  test('one that dies while it finishes does not keep a retry waiting', async () => {
    const { world, batch } = await endedBatch();
    const worker = mortal(world.effects, 'before', isManifest);
    void completeIfEnded(worker.effects, batch);
    await worker.died;

    const early = await retryBatch(world.effects, batch);
    const alone = await retryBatch(world.effects, batch, undefined, Number.MAX_SAFE_INTEGER);

    expect(early).toEqual({ kind: 'busy' });
    expect(alone).toMatchObject({ kind: 'retried', items: 0 });
  });

  test('a slow finisher keeps its lease, and no other worker finishes beside it', async () => {
    const { world, batch } = await endedBatch();
    let isWritten = () => {};
    const written = new Promise<void>((resolve) => {
      isWritten = resolve;
    });
    let manifests = 0;
    const slow = withAround(world.effects, async (call, run) => {
      if (!isManifest(call)) return await run();
      manifests += 1;
      await written;
      return await run();
    });
    const finishing = completeIfEnded(slow, batch);

    const others: string[] = [];
    for (let nth = 0; nth < 10; nth += 1) {
      await untilAsleep(world.clock);
      world.clock.advance(6_000);
      await untilAsleep(world.clock);
      others.push(await completeIfEnded(slow, batch));
    }
    isWritten();

    expect(new Set(others)).toEqual(new Set(['open']));
    expect(await finishing).toBe('complete');
    expect(manifests).toBe(1);
  });

  test('one that was stopped while it wrote the manifest does not write over what another one wrote since', async () => {
    const { world, batch } = await endedBatch();
    let late: string | undefined;
    const stopped = withAround(world.effects, async (call, run) => {
      if (isManifest(call) && late === undefined) {
        late = 'it was read before';
        await sweep(world.effects, { leasesEndedByMs: Number.MAX_SAFE_INTEGER, resend: 'none' });
        const [item] = await itemsIn(world.effects, batch);
        if (item === undefined) throw new Error('there is no item');
        await world.effects.table.write([{ kind: 'update', key: itemKey(item), set: { prompt: 'newer' } }]);
        await world.effects.table.write([
          { kind: 'update', key: batchKey(batch), set: { state: 'running', completedAt: undefined } },
        ]);
        await completeIfEnded(world.effects, batch);
      }
      return await run();
    });

    await completeIfEnded(stopped, batch);

    for (const name of ['manifest.csv', 'manifest.jsonl'])
      expect(await readFile(join(world.folder, 'batches', batch, name), 'utf8')).toContain('newer');
  });

  test('one that lost its right while it was stopped completes nothing', async () => {
    const { world, batch } = await endedBatch();
    const stopped = withAround(world.effects, async (call, run) => {
      if (isManifest(call)) {
        await sweep(world.effects, { leasesEndedByMs: Number.MAX_SAFE_INTEGER, resend: 'none' });
      }
      return await run();
    });

    expect(await completeIfEnded(stopped, batch)).toBe('open');
    expect(world.events.filter(({ kind }) => kind === 'batch-complete')).toHaveLength(1);
  });

  test('an open item keeps it open', async () => {
    const world = await freshWorld();
    const batch = await submit(world, csvOf(2));
    for (const item of (await itemsIn(world.effects, batch)).slice(1)) await generate(world.effects, item);

    expect(await completeIfEnded(world.effects, batch)).toBe('open');
    expect(world.events.filter(({ kind }) => kind === 'batch-complete')).toEqual([]);
  });
});

/** Who finishes has renewed its right, and sleeps until it does again. */
async function untilAsleep(clock: Pick<TestClock, 'sleeping'>): Promise<void> {
  while (clock.sleeping() === 0) await new Promise((resolve) => setImmediate(resolve));
}

/** All items done, and nobody has looked at the batch yet. */
async function endedBatch() {
  const world = await freshWorld();
  const batch = await submit(world, csvOf(3));
  for (const item of await itemsIn(world.effects, batch)) await generate(world.effects, item);
  return { world, batch };
}
