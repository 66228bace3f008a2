import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import type { BatchId } from '../../../shared/domain/ids.ts';
import type { Item } from '../../../shared/domain/item/item.ts';
import type { Effects } from '../../../shared/pipeline/effects.ts';
import { LEASE_MS } from '../../../shared/pipeline/image/claim.ts';
import { rebuildStage } from '../../../shared/pipeline/life/rebuild.ts';
import { sweep } from '../../../shared/pipeline/life/sweep.ts';
import { collect } from '../../support/collect.ts';
import { type EffectCall, heldAfter, heldBefore, mortal } from '../../support/faults.ts';
import { chargesIn, sumMicro, verify } from '../../support/ledger.ts';
import type { TestClock } from '../../support/test-clock.ts';
import { generate, onlyItem, workOff } from '../../support/work.ts';
import { csvOf, inMemory, submit, useWorlds, type World } from '../../support/world.ts';

const freshWorld = useWorlds();

const isCall = ({ name }: EffectCall) => name === 'provider.call';
const isImagePut = ({ name, key }: EffectCall) => name === 'store.put' && key?.startsWith('images/') === true;

describe('two attempts for one item, after the lease of the first ran out', () => {
  test('the image that is put first wins, and the later one is recorded as its duplicate', async () => {
    const { world, batch, item, slow } = await withSlowAttempt();
    world.clock.advance(LEASE_MS + 1);

    const quick = heldAfter(world.effects, isImagePut);
    const second = generate(quick.effects, item);
    await quick.reached;
    slow.release();
    await slow.attempt;
    quick.release();
    await second;

    await expectOneImageOneDuplicate(world, batch);
    const [first, winner] = await chargesIn(world.effects);
    expect([first?.outcome, winner?.outcome]).toEqual(['duplicate', 'image']);
  });

  test("a slow one that puts first wins over the lease's owner", async () => {
    const { world, batch, item, slow } = await withSlowAttempt();
    world.clock.advance(LEASE_MS + 1);

    const quick = heldAfter(world.effects, isCall);
    const second = generate(quick.effects, item);
    await quick.reached;
    slow.release();
    await slow.attempt;
    quick.release();
    await second;

    await expectOneImageOneDuplicate(world, batch);
    const [winner, later] = await chargesIn(world.effects);
    expect([winner?.outcome, later?.outcome]).toEqual(['image', 'duplicate']);
  });

  test('two that put at the same moment leave the one image that was first', async () => {
    const { world, batch, item, slow } = await withSlowAttempt(heldBefore, isImagePut);
    world.clock.advance(LEASE_MS + 1);
    await generate(world.effects, item);
    const before = await imageIn(world, batch);
    slow.release();
    await slow.attempt;

    expect(await imageIn(world, batch)).toEqual(before);
    await expectOneImageOneDuplicate(world, batch);
  });

  test('an image of another type still finds the first one', async () => {
    const { world, batch, item, slow } = await withSlowAttempt();
    world.clock.advance(LEASE_MS + 1);

    await generate(inJpeg(world.effects), item);
    slow.release();
    await slow.attempt;

    expect((await onlyItem(world.effects, batch)).state).toMatchObject({ image: { type: 'image/jpeg' } });
    expect(await collect(world.effects.store.list(`images/${batch}/`))).toHaveLength(1);
    await expectOneImageOneDuplicate(world, batch);
  });

  test('images of two types that are both put are one image and one duplicate', async () => {
    const { world, batch, item, slow } = await withSlowAttempt();
    world.clock.advance(LEASE_MS + 1);

    const holder = heldBefore(inJpeg(world.effects), isImagePut);
    const second = generate(holder.effects, item);
    await holder.reached;
    slow.release();
    await slow.attempt;
    holder.release();
    await second;

    expect((await onlyItem(world.effects, batch)).state).toMatchObject({ image: { type: 'image/jpeg' } });
    expect(await collect(world.effects.store.list(`images/${batch}/`))).toHaveLength(2);
    await expectOneImageOneDuplicate(world, batch);
    const afterLoss = inMemory(world);
    await rebuildStage(afterLoss.effects, [], () => 'resume it');
    await expectOneImageOneDuplicate(afterLoss, batch);
  });

  test('images of two types, one of whose workers died before its record, are one image and one duplicate', async () => {
    const { world, batch, item, slow } = await withSlowAttempt(heldBefore, isImagePut);
    world.clock.advance(LEASE_MS + 1);

    const holder = mortal(inJpeg(world.effects), 'after', isImagePut);
    void generate(holder.effects, item);
    await holder.died;
    slow.release();
    await slow.attempt;
    world.clock.advance(LEASE_MS + 1);
    await workOff(world, batch);

    expect(await collect(world.effects.store.list(`images/${batch}/`))).toHaveLength(2);
    await expectOneImageOneDuplicate(world, batch);
  });

  test('a slow one that puts before anyone else begins is adopted, and nothing is called again', async () => {
    const { world, batch, slow } = await withSlowAttempt();
    world.clock.advance(LEASE_MS + 1);

    await sweep(world.effects, { leasesEndedByMs: world.clock.now(), resend: 'none' });
    slow.release();
    await slow.attempt;
    await workOff(world, batch);

    expect(world.simulator.totals().calls).toBe(1);
    expect((await chargesIn(world.effects)).map(({ outcome }) => outcome)).toEqual(['image']);
    await expectLedgerIsWhole(world, batch);
  });

  test('if the winner dies before its record, the loser records it, and the item still ends', async () => {
    const { world, batch, item, slow } = await withSlowAttempt();
    world.clock.advance(LEASE_MS + 1);

    const winner = mortal(world.effects, 'after', isImagePut);
    void generate(winner.effects, item);
    await winner.died;
    slow.release();
    await slow.attempt;
    world.clock.advance(LEASE_MS + 1);
    await workOff(world, batch);

    await expectOneImageOneDuplicate(world, batch);
  });
});

/** An attempt that is held up: if not told otherwise, when its answer has come. */
async function withSlowAttempt(hold: typeof heldAfter = heldAfter, isHeld = isCall) {
  const world = await freshWorld();
  const batch = await submit(world, csvOf(1));
  const item = await onlyItem(world.effects, batch);
  const { effects, reached, release } = hold(world.effects, isHeld);
  const attempt = generate(effects, item);
  await reached;
  return { world, batch, item, slow: { attempt, release } };
}

/** The same answers, with their images in JPEG. */
function inJpeg(effects: Effects): Effects {
  const call: Effects['provider']['call'] = async (...args) => {
    const outcome = await effects.provider.call(...args);
    if (outcome.kind !== 'images') return outcome;
    const [image] = outcome.images;
    return {
      ...outcome,
      images: [{ ...image, type: 'image/jpeg', bytes: await sharp(image.bytes).jpeg().toBuffer() }],
    };
  };
  return { ...effects, provider: { ...effects.provider, call } };
}

async function imageIn({ effects }: World, batch: BatchId) {
  const [image] = await collect(effects.store.list(`images/${batch}/`));
  return image;
}

async function expectOneImageOneDuplicate(world: World<TestClock>, batch: BatchId): Promise<void> {
  const charges = await chargesIn(world.effects);
  expect(charges.map(({ outcome }) => outcome).toSorted()).toEqual(['duplicate', 'image']);
  expect(world.simulator.totals().billedCalls).toBe(2);
  const item: Item = await onlyItem(world.effects, batch);
  const winner = charges.find(({ outcome }) => outcome === 'image');
  expect(item.state).toMatchObject({ kind: 'done', attempt: winner?.attempt });
  await expectLedgerIsWhole(world, batch);
}

async function expectLedgerIsWhole(world: World, batch: BatchId): Promise<void> {
  const charges = await chargesIn(world.effects);
  expect(sumMicro(charges)).toBe(world.simulator.totals().creditsMicro);
  expect(await onlyItem(world.effects, batch)).toMatchObject({
    state: { kind: 'done' },
    creditsMicro: sumMicro(charges),
    creditsMaxUnknownMicro: 0,
  });
  expect(await verify(world.effects)).toMatchObject({ differences: [], creditsMicro: sumMicro(charges) });
}
