import { beforeEach, describe, expect, test } from 'vitest';
import type { Queue, ReceivedMessage } from '../../shared/pipeline/ports.ts';

/** What every `Queue` must do. Run it over each adapter. A received message is to stay hidden for minutes. */
export function queueSuite(adapter: string, freshQueue: () => Promise<Queue>): void {
  describe(`a queue (${adapter})`, () => {
    let current: Queue;
    beforeEach(async () => {
      current = await freshQueue();
    });
    describe('sending', () => sendTests(() => current));
    describe('receiving', () => receiveTests(() => current));
    describe('visibility', () => visibilityTests(() => current));
  });
}

function sendTests(current: () => Queue): void {
  test('brings every message, with its body as it was', async () => {
    await current().send([{ body: '{"item":"à 日本"}' }]);

    expect((await current().receive(10, 0)).map(({ body }) => body)).toEqual(['{"item":"à 日本"}']);
  });

  test('sends nothing for an empty list', async () => {
    await current().send([]);

    expect(await current().receive(10, 0)).toEqual([]);
  });

  test('sends many more than fit one call', async () => {
    const bodies = Array.from({ length: 137 }, (_, index) => `message ${index}`);

    await current().send(bodies.map((body) => ({ body, group: 'b1' })));

    const received = await drain(current());
    expect(received.map(({ body }) => body).toSorted()).toEqual(bodies.toSorted());
  });

  test('sends large messages, of which ten do not fit one call', async () => {
    const bodies = Array.from({ length: 12 }, (_, index) => `${index}${'ü'.repeat(120_000)}`);

    await current().send(bodies.map((body) => ({ body })));

    expect((await drain(current())).map(({ body }) => body.length).toSorted()).toEqual(
      bodies.map((body) => body.length).toSorted(),
    );
  });

  test('delays a message', async () => {
    await current().send([{ body: 'later', delaySeconds: 900 }, { body: 'now' }]);

    expect((await current().receive(10, 0)).map(({ body }) => body)).toEqual(['now']);
  });

  test.each([-1, 901])('refuses a delay of %i seconds', async (delaySeconds) => {
    await expect(current().send([{ body: 'x', delaySeconds }])).rejects.toThrow(RangeError);
  });
}

function receiveTests(current: () => Queue): void {
  test('gives no more messages than requested, each once, with its attributes', async () => {
    const sentAtMs = Date.now();
    await current().send(Array.from({ length: 5 }, (_, index) => ({ body: String(index), group: 'b1' })));

    const first = await current().receive(3, 0);
    const rest = await drain(current());

    expect(first.length).toBeLessThanOrEqual(3);
    expect([...first, ...rest].map(({ body }) => body).toSorted()).toEqual(['0', '1', '2', '3', '4']);
    expect(new Set([...first, ...rest].map(({ id }) => id)).size).toBe(5);
    expect(first[0]).toMatchObject({ receives: 1 });
    expect(Math.abs((first[0]?.sentAtMs ?? 0) - sentAtMs)).toBeLessThan(60_000);
  });

  test('waits for a first message, and no longer', async () => {
    const received = current().receive(10, 20_000);
    await current().send([{ body: 'late' }]);

    expect((await received).map(({ body }) => body)).toEqual(['late']);
  });

  test('gives nothing if none arrives', async () => {
    expect(await current().receive(10, 0)).toEqual([]);
  });

  test('gives nothing after an abort', async () => {
    await current().send([{ body: 'kept' }]);

    expect(await current().receive(10, 20_000, AbortSignal.abort())).toEqual([]);

    expect((await current().receive(10, 0)).map(({ body }) => body)).toEqual(['kept']);
  });

  test('hides what it gives for as long as the receiver asks', async () => {
    await current().send([{ body: 'short' }]);
    await current().receive(1, 0, undefined, 1);

    expect((await current().receive(1, 3_000)).map(({ body, receives }) => [body, receives])).toEqual([
      ['short', 2],
    ]);
  });

  test('counts how often a message came, and takes the receipt of the last time only', async () => {
    await current().send([{ body: 'again' }]);
    const [first] = await current().receive(1, 0);
    await current().setVisibility([first?.receipt ?? ''], 0);
    const [second] = await current().receive(1, 0);

    await current().delete([second?.receipt ?? '']);
    await current().setVisibility([second?.receipt ?? ''], 0);

    expect([first?.receives, second?.receives]).toEqual([1, 2]);
    expect(second?.id).toBe(first?.id);
    expect(await current().receive(10, 0)).toEqual([]);
  });

  test('brings nothing back that was deleted, and passes over receipts of nothing', async () => {
    await current().send([{ body: 'done' }, { body: 'open' }]);
    const received = await drain(current());
    const done = received.find(({ body }) => body === 'done')?.receipt ?? '';

    await current().delete([done]);
    await current().delete([done]);
    await current().delete([]);
    await current().setVisibility(
      received.map(({ receipt }) => receipt),
      0,
    );

    expect((await drain(current())).map(({ body }) => body)).toEqual(['open']);
  });
}

function visibilityTests(current: () => Queue): void {
  test('of 0 brings received messages back at once', async () => {
    await current().send(Array.from({ length: 25 }, (_, index) => ({ body: String(index) })));
    const first = await drain(current());

    await current().setVisibility(
      first.map(({ receipt }) => receipt),
      0,
    );

    expect(await drain(current())).toHaveLength(25);
  });

  test('passes over receipts that are no longer known', async () => {
    await current().send([{ body: 'kept' }, { body: 'removed' }]);
    const received = await drain(current());
    const removed = received.find(({ body }) => body === 'removed');
    await current().delete([removed?.receipt ?? '']);

    await current().setVisibility(
      received.map(({ receipt }) => receipt),
      0,
    );

    expect((await current().receive(10, 0)).map(({ body }) => body)).toEqual(['kept']);
  });

  test.each([-1, 43_201])('refuses %i seconds', async (seconds) => {
    await expect(current().setVisibility(['any'], seconds)).rejects.toThrow(RangeError);
  });
}

async function drain(queue: Queue): Promise<ReceivedMessage[]> {
  const all: ReceivedMessage[] = [];
  for (;;) {
    const some = await queue.receive(10, 0);
    if (some.length === 0) return all;
    all.push(...some);
  }
}
