import { describe, expect, test } from 'vitest';
import { createHandler as createGenerateHandler } from '../../../functions/generate/handler.ts';
import { createHandler as createIngestHandler } from '../../../functions/ingest/handler.ts';
import { lambdaContext } from '../../../local/stage/lambda-context.ts';
import type { BatchId } from '../../../shared/domain/ids.ts';
import { newestBatches } from '../../../shared/pipeline/batch/batches.ts';
import { workMessageOf } from '../../../shared/pipeline/batch/messages.ts';
import { batchResult } from '../../../shared/pipeline/finish/batch-status.ts';
import { uploadMessageOf } from '../../../shared/pipeline/messages.ts';
import { collect } from '../../support/collect.ts';
import { chargesIn, verify } from '../../support/ledger.ts';
import { sqsEvent } from '../../support/sqs-event.ts';
import { itemsIn, workOff } from '../../support/work.ts';
import { csvOf, submit, upload, useWorlds, type World } from '../../support/world.ts';

const freshWorld = useWorlds();

describe('an event that comes again', () => {
  test('an upload announced twice, at once and later, is one batch with each item once', async () => {
    const world = await freshWorld();
    const { batch, key } = await upload(world, csvOf(90));

    await Promise.all([ingest(world, key), ingest(world, key)]);
    await ingest(world, key);

    expect(await collect(newestBatches(world.effects.table))).toEqual([batch]);
    expect((await itemsIn(world.effects, batch)).map(({ row }) => row)).toEqual(
      Array.from({ length: 90 }, (_, index) => index + 1),
    );
    expect(await batchResult(world.effects, batch)).toMatchObject({
      state: 'running',
      items: { pending: 90 },
    });
  });

  test('an upload announced again after it is complete changes nothing', async () => {
    const world = await freshWorld();
    const { batch, key } = await upload(world, csvOf(3));
    await ingest(world, key);
    await workOff(world, batch);
    const before = await everything(world, batch);

    await ingest(world, key);

    expect(await everything(world, batch)).toEqual(before);
    expect(before.result).toMatchObject({ state: 'complete', items: { done: 3 } });
  });

  test('the same file under another name is a batch of its own; under the same name it is the same', async () => {
    const world = await freshWorld();

    const first = await upload(world, csvOf(1));
    const again = await upload(world, csvOf(1));
    const other = await upload(world, csvOf(1), {}, 'other.csv');

    expect(again).toMatchObject({ batch: first.batch, key: first.key, isNew: false });
    expect(other.batch).not.toBe(first.batch);
  });

  test('a work message twice at once makes one call and one charge', async () => {
    const world = await freshWorld();
    const batch = await submit(world, csvOf(4));
    const messages = (await itemsIn(world.effects, batch)).map((item) => workMessageOf(item).body);

    const [one, other] = [worker(world), worker(world)];
    await Promise.all([one([...messages, ...messages]), other(messages)]);

    expect(world.simulator.totals().calls).toBe(4);
    expect((await chargesIn(world.effects)).map(({ outcome }) => outcome)).toEqual(Array(4).fill('image'));
  });

  test('work messages late, out of order, and for items that never were change nothing', async () => {
    const world = await freshWorld();
    const batch = await submit(world, csvOf(3));
    const messages = (await itemsIn(world.effects, batch)).map((item) => workMessageOf(item).body);
    await workOff(world, batch);
    const before = await everything(world, batch);

    world.clock.advance(4 * 86_400_000);
    const response = await worker(world)([
      ...messages.toReversed(),
      workMessageOf({ batch, row: 99, variant: 1 }).body,
    ]);

    expect(response).toEqual({ batchItemFailures: [] });
    expect(await everything(world, batch)).toEqual(before);
    expect(world.simulator.totals().calls).toBe(3);
  });
});

function worker(world: World) {
  const handler = createGenerateHandler(world.effects, { itemsAtOnce: 8, callMs: 0 });
  const context = lambdaContext({ functionName: 'generate', timeoutMs: 900_000, clock: world.clock });
  return (bodies: readonly string[]) => handler(sqsEvent(bodies), context);
}

async function ingest(world: World, key: string): Promise<void> {
  const context = lambdaContext({ functionName: 'ingest', timeoutMs: 900_000, clock: world.clock });
  const response = await createIngestHandler(world.effects)(
    sqsEvent([uploadMessageOf({ key }).body]),
    context,
  );
  expect(response).toEqual({ batchItemFailures: [] });
}

async function everything(world: World, batch: BatchId) {
  return {
    result: await batchResult(world.effects, batch),
    items: await itemsIn(world.effects, batch),
    charges: await chargesIn(world.effects),
    verification: await verify(world.effects),
  };
}
