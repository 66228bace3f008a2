import { describe, expect, test } from 'vitest';
import { createHandler } from '../../functions/ingest/handler.ts';
import { lambdaContext } from '../../local/stage/lambda-context.ts';
import { openBatches } from '../../shared/pipeline/batch/batches.ts';
import type { Effects } from '../../shared/pipeline/effects.ts';
import { batchStatus } from '../../shared/pipeline/finish/batch-status.ts';
import { completeIfEnded } from '../../shared/pipeline/finish/complete-batch.ts';
import { submitRun } from '../../shared/pipeline/ingest/submit-run.ts';
import { sweep } from '../../shared/pipeline/life/sweep.ts';
import { uploadMessageOf } from '../../shared/pipeline/messages.ts';
import { type OutgoingMessage, TableBusyError } from '../../shared/pipeline/ports.ts';
import { collect } from '../support/collect.ts';
import { withAround } from '../support/faults.ts';
import { sqsEvent } from '../support/sqs-event.ts';
import { generate, itemsIn } from '../support/work.ts';
import { csvOf, upload, useWorlds, type World } from '../support/world.ts';

const freshWorld = useWorlds();

/** A stage in which no file can be read. */
function unreadable(effects: Effects): Effects {
  const get = async () => {
    throw new Error('the disk has\na bad sector');
  };
  return { ...effects, store: { ...effects.store, get } };
}

async function ingest(world: World, effects: Effects, key: string, receives: number) {
  const context = lambdaContext({ functionName: 'ingest', timeoutMs: 900_000, clock: world.clock });
  return await createHandler(effects, { tries: 5 })(
    sqsEvent([uploadMessageOf({ key }).body], receives),
    context,
  );
}

describe('a file whose intake fails', () => {
  test('is retried within a minute, again and again', async () => {
    const world = await freshWorld();
    const { batch, key } = await upload(world, csvOf(2));
    const waits: number[] = [];
    const queue = {
      ...world.effects.ingestQueue,
      setVisibility: async (_: readonly string[], seconds: number) => void waits.push(seconds),
    };
    const broken = unreadable({ ...world.effects, ingestQueue: queue });

    for (const receives of [1, 2, 3, 4]) {
      const { batchItemFailures } = await ingest(world, broken, key, receives);
      expect(batchItemFailures).toHaveLength(1);
    }

    // Each try hides its message for a minute first.
    expect(waits).toEqual([60, 1, 60, 2, 60, 4, 60, 8]);
    expect(await batchStatus(world.effects, batch)).toMatchObject({ state: 'ingesting' });
    expect(await ingest(world, world.effects, key, 5)).toEqual({ batchItemFailures: [] });
    expect(await batchStatus(world.effects, batch)).toMatchObject({
      state: 'running',
      items: { pending: 2 },
    });
  });

  test('because the table throttles is no try of the file, however long that lasts', async () => {
    const world = await freshWorld();
    const { batch, key } = await upload(world, csvOf(2));
    const sent: OutgoingMessage[] = [];
    const ingestQueue = {
      ...world.effects.ingestQueue,
      send: async (messages: readonly OutgoingMessage[]) => void sent.push(...messages),
    };
    const throttled = withAround({ ...world.effects, ingestQueue }, (call, run) => {
      const isNew = call.writes?.some((write) => write.kind === 'put' && write.row.sk.startsWith('ITEM#'));
      if (isNew) throw new TableBusyError('the table throttles');
      return run();
    });
    const { body } = uploadMessageOf({ key });

    // The last receive of its message, and then of fresh ones.
    for (const receives of [5, 5, 5, 5, 5, 5]) {
      expect(await ingest(world, throttled, key, receives)).toEqual({ batchItemFailures: [] });
      world.clock.advance(20_000);
    }
    const swept = await sweep(world.effects, { leasesEndedByMs: world.clock.now(), resend: 'none' });

    // Each try sends the messages of the rows that it has written: fewer and fewer tries, while nothing changes.
    expect(sent).toEqual([20, 40, 80, 160, 160, 160].map((delaySeconds) => ({ body, delaySeconds })));
    expect(swept.messagesSent).toBe(0);
    world.clock.advance(3_600_000);
    await sweep(world.effects, { leasesEndedByMs: world.clock.now(), resend: 'none' });
    expect(await batchStatus(world.effects, batch)).toMatchObject({ state: 'ingesting' });
    await ingest(world, world.effects, key, 1);
    expect(await batchStatus(world.effects, batch)).toMatchObject({
      state: 'running',
      items: { pending: 2 },
    });
  });

  test('is refused on its last try, and the reason is reported', async () => {
    const world = await freshWorld();
    const { batch, key } = await upload(world, csvOf(2));
    const broken = unreadable(world.effects);

    const response = await ingest(world, broken, key, 5);

    const problem =
      'the file could not be read to its end (the disk has a bad sector): nothing was generated; submit it again';
    expect(response).toEqual({ batchItemFailures: [] });
    expect(await batchStatus(world.effects, batch)).toMatchObject({ state: 'refused', problem });
    expect(world.events).toContainEqual({ kind: 'file-refused', batch, problem });
    expect(await collect(openBatches(world.effects.table))).toEqual([]);
  });

  test('keeps images of its first rows, cancels the others, and reports it', async () => {
    const world = await freshWorld();
    const { batch, key } = await upload(world, csvOf(90));
    let chunks = 0;
    const later = withAround(world.effects, (call, run) => {
      if (call.name === 'workQueue.send') chunks += 1;
      if (call.name === 'workQueue.send' && chunks > 1) throw new Error('the queue is gone');
      return run();
    });
    await ingest(world, later, key, 4);
    const [first] = await itemsIn(world.effects, batch);
    if (first === undefined) throw new Error('nothing was taken in');
    await generate(world.effects, first);

    chunks = 1;
    await ingest(world, later, key, 5);

    const status = await batchStatus(world.effects, batch);
    const items = await itemsIn(world.effects, batch);
    expect(status).toMatchObject({
      state: 'refused',
      items: { done: 1, cancelled: items.length - 1, pending: 0 },
    });
    expect(status?.problem).toContain(
      `of ${items.length} images of its first rows ${items.length - 1} are cancelled`,
    );
    expect(await completeIfEnded(world.effects, batch)).toBe('open');
    expect(await collect(openBatches(world.effects.table))).toEqual([]);
  });

  test('can be submitted again, as a batch of its own', async () => {
    const world = await freshWorld();
    const { batch, key } = await upload(world, csvOf(1));
    await ingest(world, unreadable(world.effects), key, 5);

    const file = {
      name: key.split('/')[1] ?? '',
      contentType: 'text/csv',
      size: 0,
      open: async function* () {
        yield Buffer.from(csvOf(1));
      },
    };
    const again = await submitRun(
      world.effects,
      file,
      { variants: 1, tags: {}, settings: { model: world.effects.defaultModel } },
      { regeneratesMissing: true },
    );

    expect(again).toMatchObject({ kind: 'submitted', isNew: true });
    expect(again).not.toMatchObject({ batch });
  });

  test('is also refused if its readers crash silently', async () => {
    const world = await freshWorld();
    const { batch, key } = await upload(world, csvOf(1));
    await ingest(world, unreadable(world.effects), key, 1);

    await ingest(world, world.effects, key, 6);

    expect(await batchStatus(world.effects, batch)).toMatchObject({
      state: 'refused',
      problem: expect.stringContaining('its readers crashed'),
    });
  });
});
