import { expect, test, vi } from 'vitest';
import { createHandler } from '../../../functions/generate/handler.ts';
import { lambdaContext } from '../../../local/stage/lambda-context.ts';
import type { BatchId } from '../../../shared/domain/ids.ts';
import { workMessageOf } from '../../../shared/pipeline/batch/messages.ts';
import type { Effects } from '../../../shared/pipeline/effects.ts';
import { mortal } from '../../support/faults.ts';
import { sqsEvent } from '../../support/sqs-event.ts';
import type { TestClock } from '../../support/test-clock.ts';
import { generate, itemsIn, onlyItem } from '../../support/work.ts';
import { csvOf, submit, useWorlds, type World } from '../../support/world.ts';

const freshWorld = useWorlds();

const BEAT_MS = 30_000;
const RESTART_MS = 120_000;

test('an item is kept for as long as its worker lives, and starts again within 120 s of its death', async () => {
  const world = await freshWorld();
  const called = Promise.withResolvers<void>();
  const batch = await submit(world, csvOf(1));
  const item = await onlyItem(world.effects, batch);
  let visibleAtMs = 0;
  let isDying = false;
  const hanging: Effects = {
    ...world.effects,
    provider: { ...world.effects.provider, call: () => new Promise(() => called.resolve()) },
    workQueue: {
      ...world.effects.workQueue,
      setVisibility: async (_, seconds) => {
        visibleAtMs = world.clock.now() + 1_000 * seconds;
      },
    },
  };
  const worker = mortal(hanging, 'before', () => isDying);
  const handler = createHandler(worker.effects, { itemsAtOnce: 1, callMs: 0 });
  const context = lambdaContext({ functionName: 'generate', timeoutMs: 900_000, clock: world.clock });
  void handler(sqsEvent([workMessageOf(item).body]), context);
  await called.promise;

  for (let nth = 0; nth < 10; nth += 1) {
    await beat(world);
    await vi.waitFor(async () => expect(await leaseLeftMs(world, batch)).toBeGreaterThan(2 * BEAT_MS));
  }
  const whileAlive = await generate(world.effects, item);
  isDying = true;

  expect(whileAlive.kind).toBe('wait');
  expect(visibleAtMs).toBeGreaterThan(world.clock.now());
  expect(visibleAtMs - world.clock.now()).toBeLessThanOrEqual(RESTART_MS);
  expect(await leaseLeftMs(world, batch)).toBeLessThanOrEqual(RESTART_MS);
  world.clock.advance(RESTART_MS);
  await generate(world.effects, item);
  expect((await onlyItem(world.effects, batch)).state.kind).toBe('done');
});

test('a finished message stays hidden while another one of its invocation is in progress', async () => {
  const world = await freshWorld();
  const batch = await submit(world, csvOf(2));
  const [done, hanging] = await itemsIn(world.effects, batch);
  if (done === undefined || hanging === undefined) throw new Error('two items were submitted');
  await generate(world.effects, done);
  const hidden = new Map<string, number>();
  const effects: Effects = {
    ...world.effects,
    provider: { ...world.effects.provider, call: () => new Promise(() => undefined) },
    workQueue: {
      ...world.effects.workQueue,
      setVisibility: async (receipts, seconds) => {
        for (const receipt of receipts) hidden.set(receipt, world.clock.now() + 1_000 * seconds);
      },
    },
  };
  const handler = createHandler(effects, { itemsAtOnce: 2, callMs: 0 });
  const context = lambdaContext({ functionName: 'generate', timeoutMs: 900_000, clock: world.clock });
  void handler(sqsEvent([done, hanging].map((item) => workMessageOf(item).body)), context);
  await vi.waitFor(async () => expect(await stateIn(world, batch, 2)).toBe('working'));

  for (let nth = 0; nth < 12; nth += 1) {
    await beat(world);
    // Long enough for one heartbeat that fails.
    await vi.waitFor(() => expect(Math.min(...hidden.values())).toBeGreaterThan(world.clock.now() + BEAT_MS));
  }

  expect(hidden.size).toBe(2);
});

/** The worker's heartbeat sleeps again only when all of the one before is done. */
async function beat({ clock }: World<TestClock>): Promise<void> {
  await vi.waitFor(() => expect(clock.sleeping()).toBeGreaterThan(0));
  clock.advance(BEAT_MS);
}

async function stateIn({ effects }: World, batch: BatchId, row: number): Promise<string | undefined> {
  return (await itemsIn(effects, batch)).find((item) => item.row === row)?.state.kind;
}

async function leaseLeftMs({ effects, clock }: World, batch: BatchId): Promise<number> {
  const { state } = await onlyItem(effects, batch);
  return state.kind === 'working' ? state.lease.untilMs - clock.now() : 0;
}
