import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createHandler } from '../../../functions/generate/handler.ts';
import { lambdaContext } from '../../../local/stage/lambda-context.ts';
import type { BatchId } from '../../../shared/domain/ids.ts';
import { workMessageOf } from '../../../shared/pipeline/batch/messages.ts';
import type { Effects } from '../../../shared/pipeline/effects.ts';
import { LEASE_MS } from '../../../shared/pipeline/image/claim.ts';
import { sweep } from '../../../shared/pipeline/life/sweep.ts';
import { endPauses } from '../../../shared/pipeline/rate/provider-pauses.ts';
import { type EffectCall, failing, mortal } from '../../support/faults.ts';
import { chargesIn, outcomesIn, sumMicro, verify } from '../../support/ledger.ts';
import { sqsEvent } from '../../support/sqs-event.ts';
import type { TestClock } from '../../support/test-clock.ts';
import { generate, itemsIn, onlyItem, unlimited, workOff } from '../../support/work.ts';
import { csvOf, submit, useWorlds, type World } from '../../support/world.ts';

const freshWorld = useWorlds();

const isCall = ({ name }: EffectCall) => name === 'provider.call';
const isImagePut = ({ name, key }: EffectCall) => name === 'store.put' && key?.startsWith('images/') === true;
/** The transaction that ends an attempt writes several rows; that which takes the lease, one. */
const isRecord = ({ name, writes }: EffectCall) => name === 'table.write' && (writes?.length ?? 0) > 1;

describe('a worker that dies', () => {
  test('before its call: the item starts again when the lease expires, and its maximum cost is listed', async () => {
    const world = await freshWorld();
    const batch = await submit(world, csvOf(1));

    await die(world, batch, 'before', isCall);
    await resume(world, batch);

    expect(world.simulator.totals().calls).toBe(1);
    const charges = await chargesIn(world.effects);
    expect(charges.map(({ outcome }) => outcome)).toEqual(['unknown', 'image']);
    expect(charges[0]).toMatchObject({ creditsMicro: 0, creditsMaxMicro: expect.any(Number) });
    expect(charges[0]?.creditsMaxMicro).toBeGreaterThan(0);
    await expectDone(world, batch);
  });

  test('during its call: the lost call is recorded as unknown with the most it can have cost, and the item is made again', async () => {
    const world = await freshWorld();
    const batch = await submit(world, csvOf(1));

    await die(world, batch, 'after', isCall);
    await resume(world, batch);

    const [lost, ...others] = await chargesIn(world.effects);
    const [billed] = world.simulator.bill();
    expect(world.simulator.totals().billedCalls).toBe(2);
    expect(lost).toMatchObject({ outcome: 'unknown', creditsMicro: 0 });
    expect(lost?.creditsMaxMicro).toBeGreaterThanOrEqual(billed?.creditsMicro ?? Number.NaN);
    expect(others.map(({ outcome }) => outcome)).toEqual(['image']);
    expect((await onlyItem(world.effects, batch)).creditsMaxUnknownMicro).toBe(lost?.creditsMaxMicro);
    await expectDone(world, batch);
  });

  test.each([
    ['after the put and before the record', 'before', isRecord],
    ['right after the put', 'after', isImagePut],
  ] as const)('%s: its image is adopted, booked once, and not paid for again', async (_, when, isIt) => {
    const world = await freshWorld();
    const batch = await submit(world, csvOf(1));

    await die(world, batch, when, isIt);
    await resume(world, batch);

    await expectPaidOnce(world, batch);
  });

  test.each([
    ['in its metadata', 'A fox. Alt text: “ein Fuchs im Schnee”.', 0],
    ['in an object beside it, where it is long', `${'Ein Fuchs im Schnee. '.repeat(200)}“”`, 1],
  ])('after the put: the image that is adopted keeps what the answer says, %s', async (_, text, aside) => {
    const world = await freshWorld();
    const provider = {
      ...world.effects.provider,
      call: async (...request: Parameters<Effects['provider']['call']>) => {
        const outcome = await world.effects.provider.call(...request);
        return outcome.kind === 'images' ? { ...outcome, text } : outcome;
      },
    };
    const speaking = { ...world, effects: { ...world.effects, provider } };
    const batch = await submit(speaking, csvOf(1));

    await die(speaking, batch, 'before', isRecord);
    await resume(world, batch);

    await expectPaidOnce(world, batch);
    expect(await onlyItem(world.effects, batch)).toMatchObject({
      state: { kind: 'done', image: { text: text.trim() } },
    });
    const beside = await readdir(join(world.folder, 'images', batch, 'extras')).catch(() => []);
    expect(beside.filter((name) => name.endsWith('.txt'))).toHaveLength(aside);
  });

  test('after the record and before the message is deleted: the message changes nothing when it comes again', async () => {
    const world = await freshWorld();
    const batch = await submit(world, csvOf(1));

    await die(world, batch, 'after', isRecord);
    const again = await generate(world.effects, await onlyItem(world.effects, batch));

    expect(again).toEqual({ kind: 'settled' });
    await expectPaidOnce(world, batch);
  });

  test('is found by the sweep as well, which sends its item a new message', async () => {
    const world = await freshWorld();
    const batch = await submit(world, csvOf(1));

    await die(world, batch, 'after', isCall);
    world.clock.advance(LEASE_MS + 1);
    const swept = await sweep(world.effects, { leasesEndedByMs: world.clock.now(), resend: 'none' });

    expect(swept).toEqual({ attemptsSettled: 1, messagesSent: 1, batchesCompleted: 0 });
    expect((await onlyItem(world.effects, batch)).state.kind).toBe('queued');
  });

  test('with several items in hand ends none of them as crashed, also if found through their messages', async () => {
    const world = await freshWorld();
    const batch = await submit(world, csvOf(3));

    for (let death = 0; death < 7; death++) {
      await dieWithAll(world, batch);
      world.clock.advance(LEASE_MS + 1);
    }
    await workOff(world, batch);

    const items = await itemsIn(world.effects, batch);
    expect(items.map(({ state }) => state.kind)).toEqual(['done', 'done', 'done']);
    const alone = items.map(({ history }) => history.crashes - (history.sharedCrashes ?? 0));
    expect(alone).toEqual([0, 0, 0]);
    expect(items.map(({ history }) => history.crashes)).toEqual([7, 7, 7]);
    expect((await verify(world.effects)).differences).toEqual([]);
  });

  test('on the same item again and again is not let near it for ever', async () => {
    const world = await freshWorld();
    const batch = await submit(world, csvOf(1));

    for (let death = 0; death < 4; death++) {
      await die(world, batch, 'after', isCall);
      world.clock.advance(LEASE_MS + 1);
    }
    await workOff(world, batch);

    expect((await onlyItem(world.effects, batch)).state).toMatchObject({ kind: 'failed', code: 'crashed' });
    expect(await outcomesIn(world.effects)).toEqual(['unknown', 'unknown', 'unknown', 'unknown']);
    expect((await verify(world.effects)).differences).toEqual([]);
  });
});

test("the image of a dead worker is adopted, also on the item's last attempt", async () => {
  const world = await freshWorld();
  const batch = await submit(world, csvOf(1));

  for (const isLast of [false, false, false, true]) {
    await die(world, batch, 'after', isLast ? isImagePut : isCall);
    world.clock.advance(LEASE_MS + 1);
  }
  await workOff(world, batch);

  expect(await outcomesIn(world.effects)).toEqual(['unknown', 'unknown', 'unknown', 'image']);
  await expectDone(world, batch);
});

describe('an answer of the table or the store that is lost', () => {
  test('on the record: the image is in the store, and is not paid for again', async () => {
    const world = await freshWorld();
    const batch = await submit(world, csvOf(1));

    const attempt = generate(failing(world.effects, 'after', isRecord), await onlyItem(world.effects, batch));
    await expect(attempt).rejects.toThrow('reply lost');
    await resume(world, batch);

    await expectPaidOnce(world, batch);
  });

  test('on the put: the image is in the store, and is not paid for again', async () => {
    const world = await freshWorld();
    const batch = await submit(world, csvOf(1));

    await generate(failing(world.effects, 'after', isImagePut), await onlyItem(world.effects, batch));
    await endEveryPause(world);
    await resume(world, batch);

    await expectPaidOnce(world, batch);
  });

  test('on the lease: nothing was sent, and the item starts again when the lease runs out', async () => {
    const world = await freshWorld();
    const batch = await submit(world, csvOf(1));
    const isLease = ({ name, nth }: EffectCall) => name === 'table.write' && nth === 1;

    const attempt = generate(failing(world.effects, 'after', isLease), await onlyItem(world.effects, batch));
    await expect(attempt).rejects.toThrow('reply lost');
    await resume(world, batch);

    expect(world.simulator.totals().calls).toBe(1);
    await expectDone(world, batch);
  });
});

async function die(
  world: World,
  batch: BatchId,
  when: 'before' | 'after',
  isIt: (call: EffectCall) => boolean,
): Promise<void> {
  const worker = mortal(world.effects, when, isIt);
  void generate(worker.effects, await onlyItem(world.effects, batch));
  await worker.died;
}

/** A worker that has all items of the batch in hand, and dies when the last of their calls is to begin. */
async function dieWithAll(world: World<TestClock>, batch: BatchId): Promise<void> {
  const items = await itemsIn(world.effects, batch);
  let calls = 0;
  const isLastCall = (call: EffectCall) => {
    if (isCall(call)) calls += 1;
    return calls === items.length;
  };
  // None of the others is answered before: an item that ended would not be in hand when the worker dies.
  const call = () => new Promise<never>(() => undefined);
  const unanswered = { ...world.effects, provider: { ...world.effects.provider, call } };
  const worker = mortal(unlimited(unanswered), 'before', isLastCall);
  const handler = createHandler(worker.effects, { itemsAtOnce: items.length, callMs: 0 });
  const context = lambdaContext({ functionName: 'generate', timeoutMs: 900_000, clock: world.clock });
  void handler(sqsEvent(items.map((item) => workMessageOf(item).body)), context);
  await worker.died;
}

async function resume(world: World<TestClock>, batch: BatchId): Promise<void> {
  world.clock.advance(LEASE_MS + 1);
  await workOff(world, batch);
}

async function endEveryPause(world: World): Promise<void> {
  await endPauses(world.effects, world.effects.models.keys());
}

async function expectDone(world: World, batch: BatchId): Promise<void> {
  expect((await onlyItem(world.effects, batch)).state.kind).toBe('done');
  expect((await verify(world.effects)).differences).toEqual([]);
}

async function expectPaidOnce(world: World, batch: BatchId): Promise<void> {
  await expectDone(world, batch);
  expect(world.simulator.totals().billedCalls).toBe(1);
  const charges = await chargesIn(world.effects);
  expect(charges.map(({ outcome, images }) => ({ outcome, images }))).toEqual([
    { outcome: 'image', images: 1 },
  ]);
  expect(sumMicro(charges)).toBe(world.simulator.totals().creditsMicro);
  expect(await onlyItem(world.effects, batch)).toMatchObject({
    creditsMicro: sumMicro(charges),
    creditsMaxUnknownMicro: 0,
  });
}
