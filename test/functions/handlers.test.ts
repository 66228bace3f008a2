import { describe, expect, test } from 'vitest';
import {
  createHandler as createGenerateHandler,
  type GenerateSettings,
} from '../../functions/generate/handler.ts';
import { createHandler as createIngestHandler } from '../../functions/ingest/handler.ts';
import { createHandler as createSweepHandler } from '../../functions/sweep/handler.ts';
import { lambdaContext } from '../../local/stage/lambda-context.ts';
import type { BatchId } from '../../shared/domain/ids.ts';
import { workMessageOf } from '../../shared/pipeline/batch/messages.ts';
import type { Effects } from '../../shared/pipeline/effects.ts';
import { batchStatus } from '../../shared/pipeline/finish/batch-status.ts';
import { LEASE_MS } from '../../shared/pipeline/image/claim.ts';
import { uploadMessageOf } from '../../shared/pipeline/messages.ts';
import { withAround } from '../support/faults.ts';
import { sqsEvent } from '../support/sqs-event.ts';
import { NOON_MS } from '../support/test-clock.ts';
import { generate, itemsIn, onlyItem } from '../support/work.ts';
import { csvOf, submit, upload, useWorlds, type World } from '../support/world.ts';

const freshWorld = useWorlds();

describe('the generate function', () => {
  test('fails a message that names no item, and makes the images of the others', async () => {
    const world = await freshWorld();
    const batch = await submit(world, csvOf(2));
    const event = sqsEvent(['no item', ...(await messagesOf(world, batch))]);

    const response = await handlerOf(world)(event, contextOf(world));

    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: event.Records[0]?.messageId }] });
    expect(await batchStatus(world.effects, batch)).toMatchObject({ state: 'complete', items: { done: 2 } });
  });

  test('has no more calls in progress than configured', async () => {
    const world = await freshWorld();
    const batch = await submit(world, csvOf(9));
    let [underWay, most] = [0, 0];
    const effects = withAround(world.effects, async ({ name }, run) => {
      if (name !== 'provider.call') return await run();
      underWay += 1;
      most = Math.max(most, underWay);
      const result = await run();
      underWay -= 1;
      return result;
    });

    await handlerOf({ effects }, { itemsAtOnce: 3 })(
      sqsEvent(await messagesOf(world, batch)),
      contextOf(world),
    );

    expect(most).toBe(3);
    expect(world.simulator.totals().calls).toBe(9);
  });

  test.each([
    ['there is no time left for it', { callMs: 901_000 }],
    ['the worker is to end', { stopping: AbortSignal.abort() }],
  ])('begins no call where %s; the message stays', async (_, settings) => {
    const world = await freshWorld();
    const batch = await submit(world, csvOf(2));

    const response = await handlerOf(world, settings)(
      sqsEvent(await messagesOf(world, batch)),
      contextOf(world),
    );

    expect(response.batchItemFailures).toHaveLength(2);
    expect(world.simulator.totals().calls).toBe(0);
    expect((await itemsIn(world.effects, batch)).map(({ state }) => state.kind)).toEqual([
      'queued',
      'queued',
    ]);
  });

  test('keeps the item and the message of a call that takes longer than a lease', async () => {
    const world = await freshWorld();
    const batch = await submit(world, csvOf(1));
    const [called, answered] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const renewed: number[] = [];
    const effects = withAround(world.effects, async ({ name }, run) => {
      if (name === 'provider.call') {
        called.resolve();
        await answered.promise;
      }
      if (name === 'workQueue.setVisibility') renewed.push(world.clock.now());
      return await run();
    });

    const working = handlerOf({ effects })(sqsEvent(await messagesOf(world, batch)), contextOf(world));
    await called.promise;
    for (let beat = 0; beat < 8; beat++) {
      const { untilMs } = await leaseAfter(world, batch, world.clock.now());
      while (world.clock.sleeping() === 0) await turn();
      world.clock.advance(LEASE_MS / 3);
      await leaseAfter(world, batch, untilMs);
    }
    const rival = await generate(world.effects, await onlyItem(world.effects, batch));
    answered.resolve();

    expect(rival.kind).toBe('wait');
    expect(await working).toEqual({ batchItemFailures: [] });
    // As it begins, and with every second beat, a minute before it would be seen.
    expect(renewed.map((atMs) => (atMs - NOON_MS) / 1_000)).toEqual([0, 60, 120, 180, 240]);
    expect(world.simulator.totals().calls).toBe(1);
  });
});

describe('a worker whose machine slept for ten minutes in the middle of a call', () => {
  test('does not call again for a redelivered message, and keeps the response', async () => {
    const world = await freshWorld();
    const batch = await submit(world, csvOf(1));
    const answered = Promise.withResolvers<void>();
    const effects = withAround(world.effects, async ({ name }, run) => {
      if (name === 'provider.call') await answered.promise;
      return await run();
    });
    const messages = await messagesOf(world, batch);
    const first = sqsEvent(messages);
    // The heartbeat that would renew the lease comes later than the message.
    const setVisibility: typeof effects.workQueue.setVisibility = async (receipts, seconds) => {
      const isHeartbeat =
        world.clock.now() > NOON_MS && receipts.includes(first.Records[0]?.receiptHandle ?? '');
      if (isHeartbeat) await answered.promise;
      await effects.workQueue.setVisibility(receipts, seconds);
    };
    const late = { ...effects, workQueue: { ...effects.workQueue, setVisibility } };
    const handler = handlerOf({ effects: late });
    const working = handler(first, contextOf(world));
    await leaseAfter(world, batch, 0);

    world.clock.advance(600_000);
    const again = await handler(sqsEvent(messages), contextOf(world));
    answered.resolve();
    await working;

    expect(again.batchItemFailures).toHaveLength(1);
    expect((await onlyItem(world.effects, batch)).state.kind).toBe('done');
    expect(world.simulator.totals().calls).toBe(1);
  });
});

describe('the ingest function', () => {
  test('ingests the files that its messages name, and fails a message that it does not understand', async () => {
    const world = await freshWorld();
    const { batch, key } = await upload(world, csvOf(2));
    const event = sqsEvent(['{}', uploadMessageOf({ key }).body, '{"Event":"s3:TestEvent"}']);

    const response = await createIngestHandler(world.effects)(event, contextOf(world));

    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: event.Records[0]?.messageId }] });
    expect(await batchStatus(world.effects, batch)).toMatchObject({
      state: 'running',
      items: { pending: 2 },
    });
  });
});

test('the sweep function resolves expired leases, and reports what it did', async () => {
  const world = await freshWorld();
  await submit(world, csvOf(1));

  const result = await createSweepHandler(world.effects)();

  expect(result).toEqual({ attemptsSettled: 0, messagesSent: 0, batchesCompleted: 0 });
  expect(JSON.parse(world.logLines.at(-1) ?? '')).toMatchObject({ message: 'sweep', ...result });
});

function handlerOf({ effects }: { readonly effects: Effects }, settings: Partial<GenerateSettings> = {}) {
  return createGenerateHandler(effects, { itemsAtOnce: 4, callMs: 0, ...settings });
}

function contextOf({ clock }: World) {
  return lambdaContext({ functionName: 'a-function', timeoutMs: 900_000, clock });
}

async function messagesOf({ effects }: World, batch: BatchId): Promise<string[]> {
  return (await itemsIn(effects, batch)).map((item) => workMessageOf(item).body);
}

/** Lets what is in progress take its next step. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Waits until the only item of a batch is held for longer than until then. */
async function leaseAfter({ effects }: World, batch: BatchId, ms: number) {
  for (;;) {
    const { state } = await onlyItem(effects, batch);
    if (state.kind === 'working' && state.lease.untilMs > ms) return state.lease;
    await turn();
  }
}
