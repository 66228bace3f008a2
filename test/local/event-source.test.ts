import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  type EventSource,
  type EventSourceOptions,
  startEventSource,
} from '../../local/stage/event-source.ts';
import { systemClock } from '../../shared/aws/system-clock.ts';
import type { Log } from '../../shared/pipeline/ports.ts';
import { type TestQueue, useEmulators } from '../support/emulators.ts';

const emulators = useEmulators();
const defaults = {
  breaksOffPolls: true,
  batchSize: 10,
  windowMs: 0,
  concurrency: 2,
  timeoutMs: 60_000,
  pollSeconds: 5,
};

describe('an event source', () => {
  test('hands messages to the handler as Lambda does, and deletes them when it is done', async () => {
    const target = await freshQueue();
    const events: SQSEvent[] = [];
    await start(target, { handler: async (event) => void events.push(event) });

    await target.queue.send([{ body: '{"a":1}' }]);
    await until(async () => (await countMessages(target)) === 0 && events.length === 1);

    expect(events[0]?.Records).toEqual([
      expect.objectContaining({
        body: '{"a":1}',
        eventSource: 'aws:sqs',
        eventSourceARN: target.arn,
        awsRegion: 'us-east-1',
        messageId: expect.stringMatching(/./),
        receiptHandle: expect.stringMatching(/./),
        attributes: expect.objectContaining({ ApproximateReceiveCount: '1' }),
      }),
    ]);
  });

  test('brings again only those messages that the handler reports as failed', async () => {
    const target = await freshQueue();
    const seen: string[] = [];
    await start(target, {
      handler: async ({ Records }) => {
        seen.push(...Records.map(({ body }) => body));
        const failed = Records.filter(({ body, attributes }) => {
          return body === 'bad' && Number(attributes.ApproximateReceiveCount) < 3;
        });
        await showAgain(target, failed);
        return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
      },
    });

    await target.queue.send([{ body: 'good' }, { body: 'bad' }]);
    await until(async () => (await countMessages(target)) === 0);

    expect(seen.toSorted()).toEqual(['bad', 'bad', 'bad', 'good']);
  });

  test.each([
    ['an unknown identifier', { batchItemFailures: [{ itemIdentifier: 'other' }] }],
    ['an empty identifier', { batchItemFailures: [{ itemIdentifier: '' }] }],
    ['a response of another shape', { batchItemFailures: 'all' }],
    ['a text', 'done'],
  ])('takes %s as the failure of all messages', async (_, response) => {
    const target = await freshQueue();
    let calls = 0;
    await start(target, {
      handler: async ({ Records }) => {
        calls += 1;
        if (calls < 3) await showAgain(target, Records);
        // What an untyped handler might really give.
        return calls < 3 ? (response as unknown as undefined) : undefined;
      },
    });

    await target.queue.send([{ body: 'x' }]);
    await until(async () => (await countMessages(target)) === 0);

    expect(calls).toBe(3);
  });

  test('goes on after a handler that throws, and brings its messages again', async () => {
    const target = await freshQueue();
    const log = recordingLog();
    let calls = 0;
    await start(target, {
      log,
      handler: async ({ Records }) => {
        calls += 1;
        if (calls === 1) await showAgain(target, Records);
        if (calls === 1) throw new Error('out of memory');
        return undefined;
      },
    });

    await target.queue.send([{ body: 'x' }]);
    await until(async () => (await countMessages(target)) === 0);

    expect(calls).toBe(2);
    expect(log.lines).toEqual(['error an invocation failed; its messages come again']);
  });

  test('gathers what comes within the window into one batch, and no more than a batch', async () => {
    const target = await freshQueue();
    const sizes: number[] = [];
    await target.queue.send(Array.from({ length: 45 }, (_, index) => ({ body: String(index) })));
    await start(target, {
      batchSize: 30,
      windowMs: 300,
      concurrency: 1,
      handler: async ({ Records }) => void sizes.push(Records.length),
    });

    await until(async () => (await countMessages(target)) === 0);

    expect(sizes).toEqual([30, 15]);
  });

  test('never runs more invocations than it may', async () => {
    const target = await freshQueue();
    let running = 0;
    let most = 0;
    await target.queue.send(Array.from({ length: 30 }, (_, index) => ({ body: String(index) })));
    await start(target, {
      batchSize: 1,
      concurrency: 3,
      handler: async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setTimeout(resolve, 5));
        running -= 1;
        return undefined;
      },
    });

    await until(async () => (await countMessages(target)) === 0);

    expect(most).toBe(3);
  });

  test('tells the handler how much of its time is left', async () => {
    const target = await freshQueue();
    const leftMs: number[] = [];
    let nowMs = 1_000;
    const clock = { ...systemClock(), now: () => nowMs };
    await start(target, {
      timeoutMs: 300_000,
      clock,
      handler: async (_, context) => {
        leftMs.push(context.getRemainingTimeInMillis());
        nowMs += 299_000;
        leftMs.push(context.getRemainingTimeInMillis());
        nowMs += 5_000;
        leftMs.push(context.getRemainingTimeInMillis());
        return undefined;
      },
    });

    await target.queue.send([{ body: 'x' }]);
    await until(async () => leftMs.length === 3);

    expect(leftMs).toEqual([300_000, 1_000, 0]);
  });
});

describe('stopping an event source', () => {
  test('that waits at a queue of its own breaks off the call, and waits no longer', async () => {
    const target = await freshQueue();
    const source = await start(target, { pollSeconds: 20, handler: async () => undefined });

    const beganAtMs = performance.now();
    await source.stop();

    expect(performance.now() - beganAtMs).toBeLessThan(1_000);
  });

  test('that waits at a queue of others lets the call end, so that it takes no message to the grave', async () => {
    const target = await freshQueue();
    const source = await start(target, {
      pollSeconds: 1,
      breaksOffPolls: false,
      handler: async () => undefined,
    });

    await source.stop();
    await target.queue.send([{ body: 'x' }]);

    const handled: string[] = [];
    await start(target, {
      handler: async ({ Records }) => {
        handled.push(...Records.map(({ body }) => body));
        return undefined;
      },
    });
    await until(async () => handled.length === 1);
    expect(handled).toEqual(['x']);
  });

  test('waits for the invocations that run, and deletes their messages', async () => {
    const target = await freshQueue();
    const begun = Promise.withResolvers<void>();
    const mayEnd = Promise.withResolvers<void>();
    const source = await start(target, {
      handler: async () => {
        begun.resolve();
        await mayEnd.promise;
        return undefined;
      },
    });
    await target.queue.send([{ body: 'x' }]);
    await begun.promise;

    const stopped = source.stop();
    expect(source.inWork()).toBe(1);
    mayEnd.resolve();
    await stopped;

    expect(source.inWork()).toBe(0);
    expect(await countMessages(target)).toBe(0);
  });

  test('gives back at once what it had gathered for a batch', async () => {
    const target = await freshQueue({ VisibilityTimeout: '600' });
    const bodies: string[] = [];
    const handler: EventSourceOptions['handler'] = async ({ Records }) =>
      void bodies.push(...Records.map(({ body }) => body));
    await target.queue.send([{ body: 'x' }]);
    const first = await start(target, { windowMs: 60_000, handler });
    await until(async () => (await countMessages(target, 'NotVisible')) === 1);

    await first.stop();
    expect(bodies).toEqual([]);
    await start(target, { handler });
    await until(async () => bodies.length > 0);

    expect(bodies).toEqual(['x']);
  });
});

describe('an event source whose queue cannot be reached', () => {
  test('says so, waits, and tries again', async () => {
    const target = await freshQueue();
    const log = recordingLog();
    const waitsMs: number[] = [];
    const clock = { now: () => 0, sleep: async (ms: number) => void waitsMs.push(ms) };
    await start({ ...target, url: `${target.url}-gone` }, { log, clock, handler: async () => undefined });

    await until(async () => waitsMs.length >= 10);

    expect(log.lines[0]).toBe('error could not receive from the queue; trying again');
    expect(waitsMs.slice(0, 3)).toEqual([200, 400, 800]);
    expect(waitsMs[9]).toBe(10_000);
  });
});

function freshQueue(attributes: Readonly<Record<string, string>> = {}): Promise<TestQueue> {
  return emulators.freshQueue({ VisibilityTimeout: '30', ...attributes });
}

/** In place of waiting until the messages' visibility has run down. */
function showAgain(target: TestQueue, records: readonly SQSRecord[]): Promise<void> {
  return target.queue.setVisibility(
    records.map(({ receiptHandle }) => receiptHandle),
    0,
  );
}

async function start(
  target: TestQueue,
  options: Partial<EventSourceOptions> & Pick<EventSourceOptions, 'handler'>,
): Promise<EventSource> {
  const { sqs } = await emulators.clients();
  const source = startEventSource({
    ...defaults,
    sqs,
    queueUrl: target.url,
    queueArn: target.arn,
    functionName: 'generate',
    clock: systemClock(),
    log: recordingLog(),
    ...options,
  });
  onTestFinished(source.stop);
  return source;
}

/** By default all messages, whether they are visible or not. */
async function countMessages(target: TestQueue, only?: 'NotVisible'): Promise<number> {
  const { sqs } = await emulators.clients();
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: target.url, AttributeNames: ['All'] }),
  );
  const hidden = Number(Attributes.ApproximateNumberOfMessagesNotVisible);
  return only === 'NotVisible' ? hidden : hidden + Number(Attributes.ApproximateNumberOfMessages);
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
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
