import { beforeEach, describe, expect, test } from 'vitest';
import type { Queue } from '../../shared/pipeline/ports.ts';

export interface ReceivedMessage {
  readonly body: string;
  readonly receipt: string;
}

/** A queue with its receiving end, which the port does not have. A received message stays hidden for minutes. */
export interface QueueUnderTest {
  readonly queue: Queue;
  /** What is visible now; empty where nothing is. */
  receive(): Promise<readonly ReceivedMessage[]>;
  remove(receipt: string): Promise<void>;
}

/** What every `Queue` must do. Run it over each adapter. */
export function queueSuite(adapter: string, freshQueue: () => Promise<QueueUnderTest>): void {
  describe(`a queue (${adapter})`, () => {
    let current: QueueUnderTest;
    beforeEach(async () => {
      current = await freshQueue();
    });
    describe('sending', () => sendTests(() => current));
    describe('visibility', () => visibilityTests(() => current));
  });
}

function sendTests(current: () => QueueUnderTest): void {
  test('brings every message, with its body as it was', async () => {
    await current().queue.send([{ body: '{"item":"à 日本"}' }]);

    expect((await current().receive()).map(({ body }) => body)).toEqual(['{"item":"à 日本"}']);
  });

  test('sends nothing for an empty list', async () => {
    await current().queue.send([]);

    expect(await current().receive()).toEqual([]);
  });

  test('sends many more than fit one call', async () => {
    const bodies = Array.from({ length: 137 }, (_, index) => `message ${index}`);

    await current().queue.send(bodies.map((body) => ({ body, group: 'b1' })));

    const received = await drain(current());
    expect(received.map(({ body }) => body).toSorted()).toEqual(bodies.toSorted());
  });

  test('sends large messages, of which ten do not fit one call', async () => {
    const bodies = Array.from({ length: 12 }, (_, index) => `${index}${'ü'.repeat(120_000)}`);

    await current().queue.send(bodies.map((body) => ({ body })));

    expect((await drain(current())).map(({ body }) => body.length).toSorted()).toEqual(
      bodies.map((body) => body.length).toSorted(),
    );
  });

  test('holds a delayed message back', async () => {
    await current().queue.send([{ body: 'later', delaySeconds: 900 }, { body: 'now' }]);

    expect((await current().receive()).map(({ body }) => body)).toEqual(['now']);
  });

  test.each([-1, 901])('refuses a delay of %i seconds', async (delaySeconds) => {
    await expect(current().queue.send([{ body: 'x', delaySeconds }])).rejects.toThrow(RangeError);
  });
}

function visibilityTests(current: () => QueueUnderTest): void {
  test('of 0 brings received messages back at once', async () => {
    await current().queue.send(Array.from({ length: 25 }, (_, index) => ({ body: String(index) })));
    const first = await drain(current());

    await current().queue.setVisibility(
      first.map(({ receipt }) => receipt),
      0,
    );

    expect(await drain(current())).toHaveLength(25);
  });

  test('passes over receipts that are no longer known', async () => {
    await current().queue.send([{ body: 'kept' }, { body: 'removed' }]);
    const received = await drain(current());
    const removed = received.find(({ body }) => body === 'removed');
    await current().remove(removed?.receipt ?? '');

    await current().queue.setVisibility(
      received.map(({ receipt }) => receipt),
      0,
    );

    expect((await current().receive()).map(({ body }) => body)).toEqual(['kept']);
  });

  test.each([-1, 43_201])('refuses %i seconds', async (seconds) => {
    await expect(current().queue.setVisibility(['any'], seconds)).rejects.toThrow(RangeError);
  });
}

async function drain({ receive }: QueueUnderTest): Promise<ReceivedMessage[]> {
  const all: ReceivedMessage[] = [];
  for (;;) {
    const some = await receive();
    if (some.length === 0) return all;
    all.push(...some);
  }
}
