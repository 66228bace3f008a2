import { describe, expect, test } from 'vitest';
import type { BatchId } from '../../../shared/domain/ids.ts';
import { batchStatus } from '../../../shared/pipeline/finish/batch-status.ts';
import { LEASE_MS } from '../../../shared/pipeline/image/claim.ts';
import { retryBatch } from '../../../shared/pipeline/life/retry-batch.ts';
import { sweep } from '../../../shared/pipeline/life/sweep.ts';
import { unconfirmedCharges } from '../../../shared/pipeline/money/unconfirmed-charges.ts';
import { endPauses } from '../../../shared/pipeline/rate/provider-pauses.ts';
import { collect } from '../../support/collect.ts';
import { type EffectCall, failing, heldBefore, mortal, withAround } from '../../support/faults.ts';
import { chargesIn, outcomesIn, sumMicro, verify } from '../../support/ledger.ts';
import { generate, onlyItem, workOff } from '../../support/work.ts';
import { csvOf, submit, useWorlds } from '../../support/world.ts';

const freshWorld = useWorlds();

const isCall = ({ name }: EffectCall) => name === 'provider.call';
const isManifestPut = ({ name, key }: EffectCall) =>
  name === 'store.put' && key?.includes('manifest') === true;
const isImagePut = ({ name, key }: EffectCall) => name === 'store.put' && key?.startsWith('images/') === true;

describe('with PRESSRUN_UNKNOWN=hold, no possibly paid item is sent again unasked', () => {
  test.each([
    ['an answer that is lost on its way', 'hang-up', 'unknown_outcome'],
    ['a gateway that gave up waiting', 'timeout-504', 'unknown_outcome'],
    ['an answer that is paid for and has no image', 'text-only', 'text_only'],
  ] as const)('%s', async (_, failure, code) => {
    const { world, batch } = await holding(() => ({ kind: 'failure', failure }));

    await workOff(world, batch);

    expect(world.simulator.totals().calls).toBe(1);
    expect((await onlyItem(world.effects, batch)).state).toMatchObject({ kind: 'failed', code });
    expect(await batchStatus(world.effects, batch)).toMatchObject({
      state: 'complete',
      items: { failed: 1 },
    });
  });

  test('a worker that dies during its call', async () => {
    const { world, batch } = await holding();
    await dieDuringCall(world, batch);

    await workOff(world, batch);

    expect(world.simulator.totals().calls).toBe(1);
    expect((await onlyItem(world.effects, batch)).state).toMatchObject({ code: 'unknown_outcome' });
    expect(await outcomesIn(world.effects)).toEqual(['unknown']);
  });

  test('a store that would not take the image: all is paused, and this item is not bought a second time', async () => {
    const { world, batch } = await holding();
    const full = failing(world.effects, 'before', isImagePut, new Error('ENOSPC: no space left on device'));

    await generate(full, await onlyItem(world.effects, batch));
    const before = await batchStatus(world.effects, batch);
    await endPauses(world.effects, world.effects.models.keys());
    await workOff(world, batch);

    expect(before).toMatchObject({ state: 'paused', pauses: [{ code: 'unstored' }] });
    expect(world.simulator.totals().calls).toBe(1);
    expect((await onlyItem(world.effects, batch)).state).toMatchObject({ kind: 'failed', code: 'unstored' });
  });

  test('free failures are retried as usual', async () => {
    let calls = 0;
    const { world, batch } = await holding(() =>
      calls++ < 2 ? { kind: 'failure', failure: 'upstream-503' } : undefined,
    );

    await workOff(world, batch);

    expect(await outcomesIn(world.effects)).toEqual(['image']);
  });

  test('you can generate it again, by its code only', async () => {
    let lost = true;
    const { world, batch } = await holding(() =>
      lost ? { kind: 'failure', failure: 'hang-up' } : undefined,
    );
    await workOff(world, batch);
    lost = false;

    const unnamed = await retryBatch(world.effects, batch);
    const named = await retryBatch(world.effects, batch, 'unknown_outcome');
    await workOff(world, batch);

    expect(unnamed).toEqual({ kind: 'retried', items: 0, left: { unknown_outcome: 1 } });
    expect(named).toMatchObject({ items: 1 });
    expect((await outcomesIn(world.effects)).toSorted()).toEqual(['image', 'unknown']);
  });

  test('a worker that was only late: its image is adopted, its charge corrected, the manifest rewritten', async () => {
    const { world, batch } = await holding();
    const late = withAround(world.effects, async (call, run) => {
      if (!isImagePut(call)) return await run();
      world.clock.advance(LEASE_MS + 1);
      await sweep(world.effects, { leasesEndedByMs: world.clock.now(), resend: 'none' });
      expect(await batchStatus(world.effects, batch)).toMatchObject({
        state: 'complete',
        items: { failed: 1 },
      });
      return await run();
    });

    await generate(late, await onlyItem(world.effects, batch));
    await sweep(world.effects, { leasesEndedByMs: world.clock.now(), resend: 'none' });

    expect(await batchStatus(world.effects, batch)).toMatchObject({
      state: 'complete',
      items: { done: 1, failed: 0, pending: 0 },
      creditsMaxUnknownMicro: 0,
    });
    expect(await outcomesIn(world.effects)).toEqual(['image']);
    expect(sumMicro(await chargesIn(world.effects))).toBe(world.simulator.totals().creditsMicro);
    expect((await verify(world.effects)).differences).toEqual([]);
  });
});

test('an image that comes while the manifest is being written is adopted as soon as that is done', async () => {
  const { world, batch } = await holding();
  const { effects, clock } = world;
  const finishing = heldBefore(effects, isManifestPut);
  let finished: Promise<unknown> | undefined;
  const late = withAround(effects, async (call, run) => {
    if (!isImagePut(call)) return await run();
    clock.advance(LEASE_MS + 1);
    finished = sweep(finishing.effects, { leasesEndedByMs: clock.now(), resend: 'none' });
    await finishing.reached;
    return await run();
  });
  const sleep = async () => {
    finishing.release();
    await finished;
  };

  await generate({ ...late, clock: { ...clock, sleep } }, await onlyItem(effects, batch));
  await sweep(effects, { leasesEndedByMs: clock.now(), resend: 'none' });

  expect(await batchStatus(effects, batch)).toMatchObject({
    state: 'complete',
    items: { done: 1, failed: 0 },
  });
  expect(await outcomesIn(effects)).toEqual(['image']);
  expect((await verify(effects)).differences).toEqual([]);
});

test('attempts of unknown outcome are listed, with the most that each can have cost', async () => {
  const world = await freshWorld({
    script: ({ nth }) => (nth < 2 ? { kind: 'failure', failure: 'hang-up' } : undefined),
  });
  const batch = await submit(world, csvOf(1));
  const other = await submit(world, csvOf(2));
  await workOff(world, batch);

  const listed = await collect(unconfirmedCharges(world.effects, batch));

  const charges = (await chargesIn(world.effects)).filter(({ outcome }) => outcome === 'unknown');
  expect(listed.map(({ attempt }) => attempt)).toEqual(charges.map(({ attempt }) => attempt));
  expect(listed.length).toBeGreaterThan(0);
  expect(listed[0]).toMatchObject({ batch, row: 1, outcome: 'unknown' });
  expect(listed[0]?.creditsMaxUnknownMicro).toBe(charges[0]?.creditsMaxMicro);
  expect(await collect(unconfirmedCharges(world.effects, other))).toEqual([]);
});

type Script = NonNullable<Parameters<typeof freshWorld>[0]>['script'];

/** A stage that holds items of unknown outcome for a person, with a batch of one item. */
async function holding(script?: Script) {
  const world = await freshWorld(script === undefined ? {} : { script });
  const effects = { ...world.effects, unknownOutcomes: 'hold' as const };
  const batch = await submit(world, csvOf(1));
  return { world: { ...world, effects }, batch };
}

async function dieDuringCall(world: Awaited<ReturnType<typeof holding>>['world'], batch: BatchId) {
  const worker = mortal(world.effects, 'after', isCall);
  void generate(worker.effects, await onlyItem(world.effects, batch));
  await worker.died;
  world.clock.advance(LEASE_MS + 1);
}
