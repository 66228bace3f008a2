import { describe, expect, test } from 'vitest';
import { createHandler } from '../../../functions/generate/handler.ts';
import { lambdaContext } from '../../../local/stage/lambda-context.ts';
import { startWorkers } from '../../../local/stage/workers.ts';
import { systemClock } from '../../../shared/aws/system-clock.ts';
import type { Failure } from '../../../shared/domain/calls/failure.ts';
import type { BatchId } from '../../../shared/domain/ids.ts';
import { NO_HISTORY } from '../../../shared/domain/item/item.ts';
import { workMessageOf } from '../../../shared/pipeline/batch/messages.ts';
import type { Effects } from '../../../shared/pipeline/effects.ts';
import { batchStatus } from '../../../shared/pipeline/finish/batch-status.ts';
import { generateItem } from '../../../shared/pipeline/image/generate.ts';
import { VISIBILITY_SECONDS } from '../../../shared/pipeline/image/heartbeat.ts';
import type { ProviderGate } from '../../../shared/pipeline/rate/provider-gate.ts';
import { endPauses } from '../../../shared/pipeline/rate/provider-pauses.ts';
import { type EffectCall, failing } from '../../support/faults.ts';
import { chargesIn, outcomesIn, sumMicro, verify } from '../../support/ledger.ts';
import { sqsEvent } from '../../support/sqs-event.ts';
import type { TestClock } from '../../support/test-clock.ts';
import { generate, itemsIn, onlyItem, workerOf, workOff } from '../../support/work.ts';
import { csvOf, inMemory, submit, useWorlds, type World } from '../../support/world.ts';

const freshWorld = useWorlds();

const isImagePut = ({ name, key }: EffectCall) => name === 'store.put' && key?.startsWith('images/') === true;
const diskFull = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });

describe('trouble that only you can fix', () => {
  test('a refused key stops all calls at once, uses up no attempt, and continues when it is fixed', async () => {
    const world = await freshWorld({ operatorFailuresAt: { 'auth-401': 2 } });
    const batch = await submit(world, csvOf(5));

    const failures = await workInTurn(world, batch);

    expect(world.simulator.totals().calls).toBe(2);
    expect(failures).toBe(4);
    expect(await statesAndHistories(world, batch)).toEqual(['done', ...Array(4).fill('queued')]);
    expect(await batchStatus(world.effects, batch)).toMatchObject({
      state: 'paused',
      pauses: [{ model: '*', code: 'auth', hint: expect.stringContaining('CORE_TODAY_API_KEY') }],
    });
    await mend(world);
    await workOff(world, batch);
    expect(await outcomesIn(world.effects)).toEqual(Array(5).fill('image'));
    expect(await world.deadLetters()).toBe(0);
  });

  test('a store that refuses an image: the attempt is recorded, all is paused, and nothing is lost', async () => {
    const world = await freshWorld();
    const batch = await submit(world, csvOf(3));

    await workInTurn({ ...world, effects: failing(world.effects, 'before', isImagePut, diskFull) }, batch);

    expect(world.simulator.totals().calls).toBe(1);
    const [charge] = await chargesIn(world.effects);
    expect(charge).toMatchObject({
      outcome: 'unstored',
      creditsMicro: world.simulator.totals().creditsMicro,
    });
    expect(await statesAndHistories(world, batch)).toEqual(Array(3).fill('queued'));
    expect(await batchStatus(world.effects, batch)).toMatchObject({
      state: 'paused',
      pauses: [{ code: 'unstored' }],
    });
    await mend(world);
    await workOff(world, batch);
    expect(await outcomesIn(world.effects)).toEqual(['unstored', 'image', 'image', 'image']);
    expect(sumMicro(await chargesIn(world.effects))).toBe(world.simulator.totals().creditsMicro);
    expect((await verify(world.effects)).differences).toEqual([]);
  });

  test('an unreadable store: nothing is sent, and all is paused', async () => {
    const world = await freshWorld();
    const batch = await submit(world, csvOf(2));

    const isHead = ({ name }: EffectCall) => name === 'store.head';
    await workInTurn({ ...world, effects: failing(world.effects, 'before', isHead, diskFull) }, batch);

    expect(world.simulator.totals().calls).toBe(0);
    expect(await chargesIn(world.effects)).toEqual([]);
    expect(await statesAndHistories(world, batch)).toEqual(['queued', 'queued']);
    expect(await batchStatus(world.effects, batch)).toMatchObject({ pauses: [{ code: 'unstored' }] });
  });

  test('an unreadable store: no item is sent again whose image may be in it, and all is paused', async () => {
    const world = await freshWorld();
    const batch = await submit(world, csvOf(1));
    await workInTurn({ ...world, effects: failing(world.effects, 'after', isImagePut, diskFull) }, batch);
    await mend(world);

    const isHead = ({ name }: EffectCall) => name === 'store.head';
    const effects = failing(world.effects, 'before', isHead, diskFull);
    const worker = workerOf(effects);
    // It paused its model, so it lets others go first, once.
    for (let times = 0; times < 2; times++)
      await generateItem(effects, worker, await onlyItem(effects, batch));

    expect(world.simulator.totals().calls).toBe(1);
    expect(await statesAndHistories(world, batch)).toEqual(['queued']);
    expect(await batchStatus(world.effects, batch)).toMatchObject({ pauses: [{ code: 'unstored' }] });
    await mend(world);
    await workOff(world, batch);
    expect(world.simulator.totals().calls).toBe(1);
    expect(await statesAndHistories(world, batch)).toEqual(['done']);
  });

  test("a store that refused an image and then can't be read ends no item, even if others were stored", async () => {
    const world = await freshWorld();
    const batch = await submit(world, csvOf(2));
    const worker = workerOf(world.effects);
    const work = async (at: number, effects = world.effects) => {
      const item = (await itemsIn(world.effects, batch))[at];
      if (item !== undefined) await generateItem(effects, worker, item);
    };
    await work(0, failing(world.effects, 'after', isImagePut, diskFull));
    await mend(world);
    await work(1);

    const isHead = ({ name }: EffectCall) => name === 'store.head';
    await work(0, failing(world.effects, 'before', isHead, diskFull));

    expect(world.simulator.totals().calls).toBe(2);
    expect(await statesAndHistories(world, batch)).toEqual(['queued', 'done']);
    await mend(world);
    await work(0);
    expect(await statesAndHistories(world, batch)).toEqual(['done', 'done']);
    expect(world.simulator.totals().calls).toBe(2);
  });

  test('a refused key and then a store that refuses the image are two troubles, and end no item', async () => {
    const world = await freshWorld({ operatorFailuresAt: { 'auth-401': 1 } });
    const batch = await submit(world, csvOf(2));
    const worker = workerOf(world.effects);
    const work = async (at: number, effects = world.effects) => {
      const item = (await itemsIn(world.effects, batch))[at];
      if (item !== undefined) await generateItem(effects, worker, item);
    };
    await work(0);
    await mend(world);
    await work(1);

    await work(0, failing(world.effects, 'after', isImagePut, diskFull));

    expect(await statesAndHistories(world, batch)).toEqual(['queued', 'done']);
    await mend(world);
    await work(0);
    expect(await statesAndHistories(world, batch)).toEqual(['done', 'done']);
    expect(world.simulator.totals().calls).toBe(3);
  });

  test('a model that was taken out of the configuration under a running batch pauses it', async () => {
    const world = await freshWorld();
    const batch = await submit(world, csvOf(1));
    const withoutModels: Effects = { ...world.effects, models: new Map() };

    const result = await generate(withoutModels, await onlyItem(world.effects, batch));

    expect(result.kind).toBe('wait');
    expect(world.simulator.totals().calls).toBe(0);
    expect(await batchStatus(withoutModels, batch)).toMatchObject({
      state: 'paused',
      pauses: [{ code: 'model', hint: expect.stringContaining('pressrun.config.json') }],
    });
  });
});

describe('trouble of one row that turns out to be everybody’s', () => {
  test('bad_request on three rows running pauses the model', async () => {
    const world = await freshWorld({ script: () => ({ kind: 'failure', failure: 'bad-request-400' }) });
    const batch = await submit(world, csvOf(6));

    await workInTurn(world, batch);

    expect(world.simulator.totals().calls).toBe(3);
    expect((await itemsIn(world.effects, batch)).map(({ state }) => state.kind)).toEqual([
      'failed',
      'failed',
      'queued',
      'queued',
      'queued',
      'queued',
    ]);
    expect(await batchStatus(world.effects, batch)).toMatchObject({
      state: 'paused',
      pauses: [{ code: 'bad_request' }],
    });
  });

  test('bad_request on rows with good ones between them pauses nothing', async () => {
    const world = await freshWorld({
      script: ({ prompt }) =>
        /[13579]$/.test(prompt) ? { kind: 'failure', failure: 'bad-request-400' } : undefined,
    });
    const batch = await submit(world, csvOf(9));

    await workInTurn(world, batch);

    expect(await batchStatus(world.effects, batch)).toMatchObject({
      state: 'complete',
      items: { done: 4, failed: 5 },
    });
  });

  test('lost_image twice running pauses the model, and both are recorded', async () => {
    const world = await freshWorld({ script: () => ({ kind: 'failure', failure: 'lost-image' }) });
    const batch = await submit(world, csvOf(4));

    await workInTurn(world, batch);

    expect(world.simulator.totals().calls).toBe(2);
    expect(await outcomesIn(world.effects)).toEqual(['lost_image', 'lost_image']);
    expect(await batchStatus(world.effects, batch)).toMatchObject({
      state: 'paused',
      pauses: [{ code: 'lost_image' }],
    });
  });
});

test('waiting never ends in the dead-letter queue, however often a message comes back', async () => {
  const world = await freshWorld({ operatorFailuresAt: { 'auth-401': 1 } }, systemClock());
  let waits = 0;
  const often = Promise.withResolvers<void>();
  // Every wait is over at once, so that a pause of hours passes in a second; a message in work stays hidden.
  const { workQueue } = world.effects;
  const effects = {
    ...world.effects,
    workQueue: {
      ...workQueue,
      send: (messages: Parameters<typeof workQueue.send>[0]) =>
        workQueue.send(messages.map(({ body }) => ({ body }))),
      setVisibility: (receipts: readonly string[], seconds: number) => {
        if (seconds === VISIBILITY_SECONDS) return workQueue.setVisibility(receipts, seconds);
        waits += 1;
        if (waits === 24) often.resolve();
        return workQueue.setVisibility(receipts, 0);
      },
    },
  };
  const batch = await submit({ effects }, csvOf(1));

  const workers = startWorkers(effects, { itemsAtOnce: 2, watchUploads: false, isAlone: true });
  await often.promise;
  await workers.stop();

  expect(await world.deadLetters()).toBe(0);
  expect(await world.countMessages('work')).toBe(1);
  expect((await onlyItem(effects, batch)).history).toMatchObject(NO_HISTORY);
});

test('a pause is seen by a worker that did not meet the trouble itself', async () => {
  const world = await freshWorld({ operatorFailuresAt: { 'quota-per-day': 1 } });
  const batch = await submit(world, csvOf(2));
  const [first, second] = await itemsIn(world.effects, batch);
  if (first === undefined || second === undefined) throw new Error('two items were asked for');

  await generate(world.effects, first);
  const result = await generate(world.effects, second);

  expect(result).toMatchObject({ kind: 'wait', waitMs: 300_000 });
  expect(world.simulator.totals().calls).toBe(1);
});

test('a pause that comes while an item waits for its turn, however shortly, stops its call', async () => {
  const world = inMemory(await freshWorld());
  const batch = await submit(world, csvOf(1));
  const worker = workerOf(world.effects);
  const decision = { kind: 'pause', scope: 'provider', hint: 'mend it', history: NO_HISTORY } as const;
  const failure: Failure = { code: 'auth', message: 'refused', reach: 'answered' };
  const permit: ProviderGate['permit'] = async (model) => {
    await worker.gate.pause(model, decision, failure);
    return await worker.gate.permit(model);
  };

  const waiting = { ...worker, gate: { ...worker.gate, permit } };
  const result = await generateItem(world.effects, waiting, await onlyItem(world.effects, batch));

  expect(result).toMatchObject({ kind: 'wait', waitMs: 300_000 });
  expect(world.simulator.totals().calls).toBe(0);
});

/** One worker that takes a batch's items one after the other, each once; gives how many of its messages stay. */
async function workInTurn(world: World, batch: BatchId): Promise<number> {
  const handler = createHandler(world.effects, { itemsAtOnce: 1, callMs: 0 });
  const context = lambdaContext({ functionName: 'generate', timeoutMs: 900_000, clock: world.clock });
  const items = await itemsIn(world.effects, batch);
  const { batchItemFailures } = await handler(
    sqsEvent(items.map((item) => workMessageOf(item).body)),
    context,
  );
  return batchItemFailures.length;
}

async function mend(world: World<TestClock>): Promise<void> {
  await endPauses(world.effects, world.effects.models.keys());
  world.clock.advance(10_000);
}

/** The items' states; those of which an attempt was used up are marked. */
async function statesAndHistories(world: World, batch: BatchId): Promise<string[]> {
  const untouched = JSON.stringify(NO_HISTORY);
  return (await itemsIn(world.effects, batch)).map(({ state, history: { paused: _, ...history } }) =>
    JSON.stringify({ ...NO_HISTORY, ...history }) === untouched
      ? state.kind
      : `${state.kind}, attempt used up`,
  );
}
