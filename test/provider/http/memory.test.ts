import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import type { AnswerMemory } from '../../../shared/provider/types.ts';
import { createLender } from '../../../shared/runtime/memory/answer-memory.ts';
import { chat, failureOf, imagesOf, providerAt, REQUEST } from '../fixtures/calls.ts';
import { answerWith, startServer } from '../fixtures/loopback.ts';
import { dataUri, picture } from '../fixtures/pictures.ts';

const png = await picture('png', 300, 200);
const body = Buffer.from(JSON.stringify(chat({ content: dataUri(png) })));
const SLOW_MS = 60_000;

/** Memory that is there when the test says so. */
function keptBack() {
  const asked: number[] = [];
  const gate = Promise.withResolvers<void>();
  const first = Promise.withResolvers<void>();
  const memory: AnswerMemory = {
    reserve(bytes, signal) {
      asked.push(bytes);
      first.resolve();
      if (signal === undefined) return undefined;
      const aborted = once(signal, 'abort').then(() => Promise.reject(signal.reason));
      return Promise.race([gate.promise, aborted]);
    },
    buffer: (bytes) => Buffer.allocUnsafeSlow(bytes),
    recycle: () => undefined,
  };
  return { memory, asked, open: gate.resolve, isAsked: first.promise };
}

describe('while there is no memory for an answer', () => {
  test('nothing of it is read, so the sender waits, too', async () => {
    let response: ServerResponse | undefined;
    const large = Buffer.concat([body, Buffer.alloc(8_000_000, ' ')]);
    const { url } = await startServer((request, answer) => {
      response = answer;
      answerWith(large, { headers: { 'content-length': large.length } })(request, answer);
    });
    const { memory, asked, open, isAsked } = keptBack();
    const call = providerAt(url).call(REQUEST, undefined, memory);
    await isAsked;

    expect(asked).toEqual([large.length]);
    expect(response?.writableFinished).toBe(false);
    open();
    expect(imagesOf(await call)[0]?.bytes).toEqual(png);
  });

  test("pauses the provider's time", async () => {
    const { url } = await startServer(answerWith(body));
    const { memory, open, isAsked } = keptBack();
    const call = providerAt(url, { timeoutMs: () => 200 }).call(REQUEST, undefined, memory);
    await isAsked;
    // Longer than the call may take.
    await new Promise((resolve) => setTimeout(resolve, 300));
    open();

    expect((await call).kind).toBe('images');
  });

  test('the call can be aborted, and a connection that dies ends it', async () => {
    const sockets: ServerResponse[] = [];
    const { url } = await startServer((request, response) => {
      sockets.push(response);
      request.resume().on('end', () => response.writeHead(200, { 'content-length': 1_000 }).write('{'));
    });
    const [aborted, dead] = [keptBack(), keptBack()];
    const stop = new AbortController();
    const first = providerAt(url).call(REQUEST, stop.signal, aborted.memory);
    await aborted.isAsked;
    stop.abort();
    const second = providerAt(url).call(REQUEST, undefined, dead.memory);
    await dead.isAsked;
    sockets.at(-1)?.destroy();

    expect(failureOf(await first)).toMatchObject({ code: 'timeout', reach: 'lost' });
    expect(failureOf(await second)).toMatchObject({ code: 'timeout', reach: 'lost' });
  });
});

test("memory is requested step by step if a response doesn't declare its length", async () => {
  const asked: number[] = [];
  const large = Buffer.concat([body, Buffer.alloc(4_000_000, ' ')]);
  const { url } = await startServer(answerWith(large, { headers: { 'transfer-encoding': 'chunked' } }));
  const memory = {
    reserve: async (bytes: number) => void asked.push(bytes),
    buffer: (bytes: number) => Buffer.allocUnsafeSlow(bytes),
    recycle: () => undefined,
  };

  expect((await providerAt(url).call(REQUEST, undefined, memory)).kind).toBe('images');
  const sum = asked.reduce((total, bytes) => total + bytes, 0);
  expect(asked.length).toBeGreaterThan(2);
  expect(sum).toBeGreaterThanOrEqual(large.length);
  expect(sum).toBeLessThan(3 * large.length);
});

test('many answers at once are all read, each within the memory of one, and come out as they are', async () => {
  const pictures = await Promise.all([64, 200, 320].map((side) => picture('png', side, side)));
  let calls = 0;
  const { url } = await startServer((request, response) => {
    const image = pictures[calls++ % pictures.length] ?? png;
    const chunked = calls % 2 === 0 ? { 'transfer-encoding': 'chunked' } : {};
    answerWith(JSON.stringify(chat({ content: dataUri(image) })), { headers: chunked })(request, response);
  });
  const provider = providerAt(url, { timeoutMs: () => SLOW_MS });
  const lend = createLender(300_000);

  const read = await Promise.all(
    Array.from({ length: 60 }, () =>
      lend(async (memory) => {
        const [image] = imagesOf(await provider.call(REQUEST, undefined, memory));
        return pictures.some((each) => image !== undefined && each.equals(image.bytes));
      }),
    ),
  );
  expect(read).toEqual(Array.from({ length: 60 }, () => true));
});
