import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Deadline, startCountdown, startDeadline } from '../../../shared/provider/http/deadline.ts';
import { exchange } from '../../../shared/provider/http/http-exchange.ts';

/** A provider that answers although this process is stopped, and says so in shared memory. */
const SERVER = `
  const { parentPort, workerData } = require('node:worker_threads');
  const said = new Int32Array(workerData);
  const server = require('node:http').createServer((request, response) => {
    request.resume().on('end', () => {
      response.end(Buffer.alloc(200_000, 'a'), say);
    });
  });
  const say = () => { Atomics.store(said, 0, 1); Atomics.notify(said, 0); };
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
`;

const TIMEOUT_MS = 400;

async function answerAfterStop() {
  const shared = new SharedArrayBuffer(4);
  const said = new Int32Array(shared);
  const server = new Worker(SERVER, { eval: true, workerData: shared });
  onTestFinished(async () => void (await server.terminate()));
  const [port] = await once(server, 'message');
  let bytes = 0;
  const startedMs = performance.now();
  const outcome = exchange({
    method: 'POST',
    url: new URL(`http://127.0.0.1:${port}`),
    headers: {},
    body: Buffer.from('{}'),
    countdown: startCountdown(TIMEOUT_MS),
    connectTimeoutMs: 60_000,
    maxBytes: 1_000_000,
    onChunk: (chunk) => {
      bytes += chunk.length;
    },
  });
  // The request goes out; then this process is stopped until the answer has come and its time is over.
  while (Atomics.load(said, 0) === 0 && performance.now() - startedMs < TIMEOUT_MS / 2) {
    await new Promise((resolve) => setImmediate(resolve));
    Atomics.wait(said, 0, 0, 1);
  }
  while (performance.now() - startedMs < TIMEOUT_MS + 300) Atomics.wait(said, 0, 1, 20);
  return { outcome: await outcome, bytes };
}

describe('a process that was stopped beyond the time of its call', () => {
  test('reads the answer that lies in its socket before it gives up', async () => {
    const { outcome, bytes } = await answerAfterStop();

    expect(outcome.kind).toBe('complete');
    expect(bytes).toBe(200_000);
  });

  test('soon gives up calls without a response', async () => {
    const over = new Promise<void>((resolve) => {
      startDeadline(10, resolve, 20);
    });
    stop(250);

    await over;
  });

  test('gives up an answer that drips for ever', async () => {
    let deadline: Deadline | undefined;
    const over = new Promise<void>((resolve) => {
      deadline = startDeadline(40, resolve, 20);
    });
    const drip = setInterval(() => deadline?.moved(), 1);
    onTestFinished(() => clearInterval(drip));
    stop(250);

    await over;
  });
});

function stop(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
