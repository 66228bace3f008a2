import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import {
  type EventSource,
  type EventSourceOptions,
  startEventSource,
} from '../../local/stage/event-source.ts';
import { systemClock } from '../../shared/aws/system-clock.ts';
import type { Log } from '../../shared/pipeline/ports.ts';
import type { Backend } from '../support/backends/backend.ts';
import { sqliteBackend } from '../support/backends/sqlite.ts';
import { useEmulators } from '../support/emulators.ts';

const emulators = useEmulators();
let nextMove = Promise.withResolvers<void>();

type Handler = EventSourceOptions['handler'];

describe.each([
  ['SQLite', () => sqliteBackend(systemClock())],
  ['SQS', () => emulators.openBackend(systemClock(), 1)],
])('an event source over %s', (_, open) => {
  let backend: Backend;
  beforeEach(async () => {
    backend = await open();
    onTestFinished(backend.close);
  });
  const isEmpty = async () => (await backend.countMessages('work')) === 0;
  const send = (...bodies: string[]) => backend.ports.workQueue.send(bodies.map((body) => ({ body })));
  const start = (handler: Handler, options: Partial<EventSourceOptions> = {}) =>
    startOn(backend, { handler, ...options });

  test('hands a message to the handler as Lambda does, and deletes it when that is done', async () => {
    const events: SQSEvent[] = [];
    start(async (event) => void events.push(event));

    await send('{"a":1}');
    await until(async () => (await isEmpty()) && events.length === 1);

    expect(events[0]?.Records).toEqual([
      expect.objectContaining({
        body: '{"a":1}',
        eventSource: 'aws:sqs',
        eventSourceARN: expect.stringMatching(/^arn:aws:sqs:[a-z0-9-]+:\d+:generate$/),
        awsRegion: 'us-east-1',
        messageId: expect.stringMatching(/./),
        receiptHandle: expect.stringMatching(/./),
        attributes: expect.objectContaining({ ApproximateReceiveCount: '1' }),
      }),
    ]);
  });

  test('redelivers a message that the handler reports as failed', async () => {
    const seen: string[] = [];
    start(async ({ Records }) => {
      seen.push(...Records.map(({ body }) => body));
      const failed = Records.filter(
        ({ body, attributes }) => body === 'bad' && Number(attributes.ApproximateReceiveCount) < 3,
      );
      await showAgain(backend, failed);
      return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
    });

    await send('good', 'bad');
    await until(isEmpty);

    expect(seen.toSorted()).toEqual(['bad', 'bad', 'bad', 'good']);
  });

  test('continues after a handler that throws, and redelivers its message', async () => {
    const log = recordingLog();
    let calls = 0;
    const handler: Handler = async ({ Records }) => {
      calls += 1;
      if (calls === 1) await showAgain(backend, Records);
      if (calls === 1) throw new Error('out of memory');
      return undefined;
    };
    start(handler, { log });

    await send('x');
    await until(isEmpty);

    expect(calls).toBe(2);
    expect(log.lines).toEqual(['error an invocation failed; its message comes again']);
  });

  test('fills all its slots, and never more', async () => {
    const full = Promise.withResolvers<void>();
    const mayEnd = Promise.withResolvers<void>();
    let running = 0;
    let most = 0;
    await send(...Array.from({ length: 30 }, (_, index) => String(index)));
    const handler: Handler = async () => {
      running += 1;
      most = Math.max(most, running);
      if (running === 3) full.resolve();
      await mayEnd.promise;
      running -= 1;
      return undefined;
    };
    start(handler, { concurrency: 3 });

    await full.promise;
    for (let turns = 0; turns < 20; turns += 1) await backend.countMessages('work');
    mayEnd.resolve();
    await until(isEmpty);

    expect(most).toBe(3);
  });

  test('gives a freed slot the next message, however long the others take', async () => {
    const slow = Promise.withResolvers<undefined>();
    const seen: string[] = [];
    start(
      async ({ Records: [record] }) => {
        seen.push(record?.body ?? '');
        return record?.body === 'slow' ? slow.promise : undefined;
      },
      { concurrency: 2 },
    );

    await send('slow', ...Array.from({ length: 12 }, (_, index) => `quick ${index}`));
    await until(async () => seen.length === 13);

    slow.resolve(undefined);
    expect(seen).toContain('slow');
  });

  test('lets the invocations that run end when it stops, and deletes their messages', async () => {
    const begun = Promise.withResolvers<void>();
    const mayEnd = Promise.withResolvers<void>();
    const source = start(async () => {
      begun.resolve();
      await mayEnd.promise;
      return undefined;
    });
    await send('x');
    await begun.promise;

    const stopped = source.stop();
    expect(source.inWork()).toBe(1);
    mayEnd.resolve();
    await stopped;

    expect(source.inWork()).toBe(0);
    expect(await isEmpty()).toBe(true);
  });

  test('takes no message to the grave when it stops while it waits', async () => {
    const { workQueue } = backend.ports;
    const waits = Promise.withResolvers<void>();
    const receive: typeof workQueue.receive = (...asked) => {
      waits.resolve();
      return workQueue.receive(...asked);
    };
    const source = start(async () => undefined, { queue: { ...workQueue, receive } });
    await waits.promise;

    const stopped = source.stop();
    await send('x');
    await stopped;

    const handled: string[] = [];
    start(async ({ Records }) => void handled.push(...Records.map(({ body }) => body)));
    await until(async () => handled.length === 1);
    expect(handled).toEqual(['x']);
  });
});

describe('an event source', () => {
  test.each([
    ['an unknown identifier', { batchItemFailures: [{ itemIdentifier: 'other' }] }],
    ['an empty identifier', { batchItemFailures: [{ itemIdentifier: '' }] }],
    ['a response of another shape', { batchItemFailures: 'all' }],
    ['a text', 'done'],
  ])('takes %s as a failure', async (_, response) => {
    const backend = await freshBackend();
    let calls = 0;
    startOn(backend, {
      handler: async ({ Records }) => {
        calls += 1;
        if (calls < 3) await showAgain(backend, Records);
        // What an untyped handler might really give.
        return calls < 3 ? (response as unknown as undefined) : undefined;
      },
    });

    await backend.ports.workQueue.send([{ body: 'x' }]);
    await until(async () => (await backend.countMessages('work')) === 0);

    expect(calls).toBe(3);
  });

  test('gives the handler its remaining time', async () => {
    const backend = await freshBackend();
    const leftMs: number[] = [];
    let nowMs = 1_000;
    const handler: Handler = async (_, context) => {
      leftMs.push(context.getRemainingTimeInMillis());
      nowMs += 299_000;
      leftMs.push(context.getRemainingTimeInMillis());
      nowMs += 5_000;
      leftMs.push(context.getRemainingTimeInMillis());
      return undefined;
    };
    startOn(backend, { handler, timeoutMs: 300_000, clock: { ...systemClock(), now: () => nowMs } });

    await backend.ports.workQueue.send([{ body: 'x' }]);
    await until(async () => leftMs.length === 3);

    expect(leftMs).toEqual([300_000, 1_000, 0]);
  });

  test('returns messages that it received too late', async () => {
    const backend = await freshBackend();
    const { workQueue } = backend.ports;
    const asked = Promise.withResolvers<void>();
    const queue = {
      ...workQueue,
      receive: async (most: number, waitMs: number) => {
        asked.resolve();
        return await workQueue.receive(most, waitMs);
      },
    };
    const source = startOn(backend, { queue, handler: async () => undefined });
    await asked.promise;

    const stopped = source.stop();
    await workQueue.send([{ body: 'x' }]);
    await stopped;

    expect(await workQueue.receive(10, 0)).toMatchObject([{ body: 'x', receives: 2 }]);
  });

  test('reports an unreachable queue, waits, and retries', async () => {
    const backend = await freshBackend();
    const log = recordingLog();
    const waitsMs: number[] = [];
    const sleep = async (ms: number) => {
      waitsMs.push(ms);
      moved();
      await new Promise((resolve) => setImmediate(resolve));
    };
    const clock = { now: () => 0, sleep };
    const queue = { ...backend.ports.workQueue, receive: () => Promise.reject(new Error('gone')) };
    startOn(backend, { queue, log, clock, handler: async () => undefined });

    await until(async () => waitsMs.length >= 10);

    expect(log.lines[0]).toBe('error could not receive from the queue; trying again');
    expect(waitsMs.slice(0, 3)).toEqual([200, 400, 800]);
    expect(waitsMs[9]).toBe(10_000);
  });
});

async function freshBackend(): Promise<Backend> {
  const backend = await sqliteBackend(systemClock());
  onTestFinished(backend.close);
  return backend;
}

/** In place of waiting until the messages' visibility has run down. */
function showAgain({ ports }: Backend, records: readonly SQSRecord[]): Promise<void> {
  return ports.workQueue.setVisibility(
    records.map(({ receiptHandle }) => receiptHandle),
    0,
  );
}

function startOn(
  { ports }: Backend,
  {
    handler,
    queue = ports.workQueue,
    ...options
  }: Partial<EventSourceOptions> & Pick<EventSourceOptions, 'handler'>,
): EventSource {
  const source = startEventSource({
    functionName: 'generate',
    concurrency: 2,
    timeoutMs: 60_000,
    clock: systemClock(),
    log: recordingLog(),
    ...options,
    queue: { ...queue, delete: (receipts) => queue.delete(receipts).finally(moved) },
    handler: (event, context) => handler(event, context).finally(moved),
  });
  onTestFinished(source.stop);
  return source;
}

/** Looks again whenever an event source has ended an invocation or deleted a message, or a test says `moved`. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  for (;;) {
    const { promise } = nextMove;
    if (await holds()) return;
    await promise;
  }
}

function moved(): void {
  nextMove.resolve();
  nextMove = Promise.withResolvers();
}

function recordingLog(): Log & { readonly lines: string[] } {
  const lines: string[] = [];
  return {
    lines,
    info: (message) => lines.push(`info ${message}`),
    warn: (message) => lines.push(`warn ${message}`),
    error: (message) => lines.push(`error ${message}`),
  };
}
