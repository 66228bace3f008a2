import { expect, test } from 'vitest';
import { createHandler } from '../../functions/ingest/handler.ts';
import { createHandler as createSweep } from '../../functions/sweep/handler.ts';
import { startEventSource } from '../../local/stage/event-source.ts';
import { lambdaContext } from '../../local/stage/lambda-context.ts';
import type { Effects } from '../../shared/pipeline/effects.ts';
import { batchStatus } from '../../shared/pipeline/finish/batch-status.ts';
import { uploadMessageOf } from '../../shared/pipeline/messages.ts';
import { type MemoryQueue, memoryQueue } from '../simulation/memory/memory-queue.ts';
import { memoryStore } from '../simulation/memory/memory-store.ts';
import { sqsEvent } from '../support/sqs-event.ts';
import { type VirtualClock, virtualClock } from '../support/virtual-clock.ts';
import { csvOf, inMemory, upload, useWorlds } from '../support/world.ts';

const freshWorld = useWorlds();
const MINUTE = 60_000;

/** A stage whose ingest queue is as deployed: received messages stay hidden for 30 minutes unless a reader says otherwise. */
async function deployed() {
  const clock = virtualClock();
  const { effects: real } = inMemory(await freshWorld({}, clock));
  const queue = memoryQueue({ clock, random: () => 0, visibilityMs: 30 * MINUTE, maxReceives: 12 });
  const store = memoryStore(clock);
  const workQueue = memoryQueue({ clock, random: () => 0, visibilityMs: MINUTE, maxReceives: 12 });
  const effects: Effects = { ...real, store, workQueue, ingestQueue: queue };
  const { batch, key } = await upload({ effects }, csvOf(3));
  const state = async () => (await batchStatus(effects, batch))?.state;
  return { clock, effects, queue, batch, key, state, startMs: clock.now() };
}

/** Lambda's event source: hands each message to a handler. */
function feed(queue: MemoryQueue, effects: Effects) {
  return startEventSource({
    queue,
    functionName: 'ingest',
    handler: createHandler(effects),
    concurrency: 1,
    timeoutMs: 5 * MINUTE,
    clock: effects.clock,
    log: effects.log,
  });
}

/** The sandbox of a Lambda that is gone: nothing that it waits for ever comes. */
function dying(effects: Effects, at: 'get' | 'flush'): Effects {
  const never = () => new Promise<never>(() => undefined);
  const clock = { ...effects.clock, sleep: never };
  if (at === 'get') return { ...effects, clock, store: { ...effects.store, get: never } };
  return { ...effects, clock, workQueue: { ...effects.workQueue, send: never } };
}

async function sweepsUntil(
  effects: Effects,
  clock: VirtualClock,
  untilMs: number,
  state: () => Promise<unknown>,
) {
  const sweep = createSweep(effects);
  while (clock.now() < untilMs && (await state()) === 'ingesting') {
    await clock.runUntil(clock.now() + MINUTE);
    await sweep();
  }
}

test.each(['get', 'flush'] as const)(
  'a file whose reader dies without a word is read by the next one within a minute or so (at %s)',
  async (at) => {
    const { clock, effects, queue, key, state, startMs } = await deployed();
    await queue.send([uploadMessageOf({ key })]);
    const [message] = queue.take(1);
    const context = lambdaContext({ functionName: 'ingest', timeoutMs: 5 * MINUTE, clock });
    const event = sqsEvent([message?.body ?? ''], 1);
    for (const record of event.Records) record.receiptHandle = message?.receipt ?? '';
    void createHandler(dying(effects, at))(event, context);
    await clock.runUntil(startMs + 1_000);
    expect(await state()).toBe('ingesting');

    const source = feed(queue, effects);
    let taken = 0;
    await clock.runUntil(startMs + 30 * MINUTE, () => {
      void state().then((now) => {
        if (now === 'running' && taken === 0) taken = clock.now();
      });
      return taken > 0;
    });
    const stopped = source.stop();
    await clock.runUntil(clock.now() + MINUTE);
    await stopped;

    expect(taken - startMs).toBeLessThanOrEqual(90_000);
  },
);

test('a file whose readers all failed, and whose message is gone, is closed by the sweep with its reason', async () => {
  const { clock, effects, batch, key, state, startMs } = await deployed();
  const get = async () => {
    throw new Error('the disk has a bad sector');
  };
  const broken = { ...effects, store: { ...effects.store, get } };
  const context = lambdaContext({ functionName: 'ingest', timeoutMs: 5 * MINUTE, clock });
  for (let tries = 1; tries <= 9; tries += 1) {
    await createHandler(broken, { tries: 99 })(sqsEvent([uploadMessageOf({ key }).body], 1), context);
  }
  expect(await state()).toBe('ingesting');

  await sweepsUntil(effects, clock, startMs + 60 * MINUTE, state);

  expect(await batchStatus(effects, batch)).toMatchObject({
    state: 'refused',
    problem: expect.stringContaining('the disk has a bad sector'),
  });
  expect(clock.now() - startMs).toBeLessThanOrEqual(5 * MINUTE);
});

test('ingest of a file resumes after the sweep resends its lost message', async () => {
  const { clock, effects, queue, key, state, startMs } = await deployed();
  const context = lambdaContext({ functionName: 'ingest', timeoutMs: 5 * MINUTE, clock });
  void createHandler(dying(effects, 'get'))(sqsEvent([uploadMessageOf({ key }).body], 1), context);
  await clock.runUntil(startMs + 1_000);
  const source = feed(queue, effects);

  await sweepsUntil(effects, clock, startMs + 60 * MINUTE, state);
  const stopped = source.stop();
  await clock.runUntil(clock.now() + MINUTE);
  await stopped;

  expect(await state()).toBe('running');
  expect(clock.now() - startMs).toBeLessThanOrEqual(6 * MINUTE);
});

test('a file that waits for hours in a long queue is never closed for it, and its message is sent ever more rarely', async () => {
  const { clock, effects, queue, key, state, startMs } = await deployed();
  const context = lambdaContext({ functionName: 'ingest', timeoutMs: 5 * MINUTE, clock });
  void createHandler(dying(effects, 'get'))(sqsEvent([uploadMessageOf({ key }).body], 1), context);
  await clock.runUntil(startMs + 1_000);

  await sweepsUntil(effects, clock, startMs + 12 * 60 * MINUTE, state);

  expect(await state()).toBe('ingesting');
  expect(queue.size()).toBeLessThanOrEqual(17);
});
