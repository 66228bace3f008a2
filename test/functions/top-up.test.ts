import { describe, expect, test } from 'vitest';
import { createHandler } from '../../functions/generate/handler.ts';
import { lambdaContext } from '../../local/stage/lambda-context.ts';
import { workMessageOf } from '../../shared/pipeline/batch/messages.ts';
import { batchStatus } from '../../shared/pipeline/finish/batch-status.ts';
import { pauseBatch } from '../../shared/pipeline/money/batch-pauses.ts';
import type { OutgoingMessage, Queue, ReceivedMessage } from '../../shared/pipeline/ports.ts';
import { sqsEvent } from '../support/sqs-event.ts';
import { itemsIn } from '../support/work.ts';
import { csvOf, submit, useWorlds, type World } from '../support/world.ts';

const freshWorld = useWorlds();

describe('an invocation with time left', () => {
  test('receives messages as its slots become free, and deletes finished ones', async () => {
    const { world, messages, batch } = await submitted(25);
    const queue = queueWith(messages.slice(3));

    await handlerOf(world, queue)(sqsEvent(messages.slice(0, 3).map(({ body }) => body)), contextOf(world));

    expect(await batchStatus(world.effects, batch)).toMatchObject({ state: 'complete', items: { done: 25 } });
    expect(queue.left()).toEqual([]);
    // Three receives and one that finds nothing, three visibilities, three or four deletes.
    expect(queue.requests()).toBeLessThanOrEqual(11);
  });

  test('leaves the queue alone when its time is up', async () => {
    const { world, messages } = await submitted(9);
    const queue = queueWith(messages.slice(3));

    await handlerOf(world, queue, { callMs: 901_000 })(
      sqsEvent(messages.slice(0, 3).map(({ body }) => body)),
      contextOf(world),
    );

    expect(queue.left()).toHaveLength(6);
    expect(world.simulator.totals().calls).toBe(0);
  });

  test('does not go through a queue whose messages have to wait', async () => {
    const { world, messages, batch } = await submitted(60);
    const since = '2026-11-28T12:00:00.000Z';
    await pauseBatch(world.effects, batch, { by: 'person', message: 'wait', hint: 'resume it', since });
    const queue = queueWith(messages.slice(3));

    await handlerOf(world, queue)(sqsEvent(messages.slice(0, 3).map(({ body }) => body)), contextOf(world));

    expect(queue.received()).toBeLessThanOrEqual(10);
    expect(queue.left(), 'none is lost').toHaveLength(57);
  });
});

async function submitted(rows: number) {
  const world = await freshWorld();
  const batch = await submit(world, csvOf(rows));
  const messages = (await itemsIn(world.effects, batch)).map(workMessageOf);
  return { world, batch, messages };
}

function handlerOf({ effects }: World, queue: Queue, { callMs = 0 } = {}) {
  return createHandler({ ...effects, workQueue: queue }, { itemsAtOnce: 10, callMs, topsUp: true });
}

function contextOf({ clock }: World) {
  return lambdaContext({ functionName: 'generate', timeoutMs: 900_000, clock });
}

/** A queue whose received messages stay hidden. */
function queueWith(messages: readonly OutgoingMessage[]) {
  const waiting = messages.map(({ body }, index) => ({ body, receipt: `r-${index}` }));
  const hidden = new Map<string, string>();
  let [received, requests] = [0, 0];
  const queue: Queue = {
    send: async () => undefined,
    receive: async (most) => {
      requests += 1;
      const taken = waiting.splice(0, most);
      received += taken.length;
      for (const { receipt, body } of taken) hidden.set(receipt, body);
      return taken.map((each): ReceivedMessage => ({ ...each, id: each.receipt, receives: 1, sentAtMs: 0 }));
    },
    delete: async (receipts) => {
      requests += 1;
      for (const receipt of receipts) hidden.delete(receipt);
    },
    setVisibility: async (receipts) => {
      if (receipts.length > 0) requests += 1;
    },
  };
  return {
    ...queue,
    left: () => [...hidden.values(), ...waiting.map(({ body }) => body)],
    received: () => received,
    requests: () => requests,
  };
}
