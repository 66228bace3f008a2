import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { startCountdown } from '../../../shared/provider/http/deadline.ts';
import { exchange } from '../../../shared/provider/http/http-exchange.ts';
import type { AnswerMemory } from '../../../shared/provider/types.ts';
import { answerWith, LOOPBACK_CERT, startServer } from '../fixtures/loopback.ts';

const BODIES = Array.from({ length: 8 }, () => randomBytes(1_500_000));

/** Reads all bodies at once over the one buffer; `memory` may hold some of them up while the others are read. */
async function readAll(url: string, memory?: AnswerMemory): Promise<Buffer[]> {
  return await Promise.all(
    BODIES.map(async (_, nth) => {
      const chunks: Buffer[] = [];
      const countdown = startCountdown(60_000);
      const outcome = await exchange({
        method: 'GET',
        url: new URL(`${url}/${nth}`),
        headers: {},
        countdown,
        connectTimeoutMs: 60_000,
        maxBytes: 10_000_000,
        ca: LOOPBACK_CERT,
        ...(memory && { memory }),
        onChunk: (chunk) => chunks.push(Buffer.from(chunk)),
      });
      countdown.clear();
      expect(outcome.kind).toBe('complete');
      return Buffer.concat(chunks);
    }),
  );
}

/** Holds every reader up, for a turn or for some. */
const haltingMemory: AnswerMemory = {
  reserve: () => new Promise((resolve) => setTimeout(resolve, Math.random() * 20)),
  buffer: (bytes) => Buffer.allocUnsafeSlow(bytes),
  recycle: () => undefined,
};

test.each([
  ['http', { tls: false }, false],
  ['https', { tls: true }, false],
  ['http, compressed', { tls: false }, true],
  ['https, compressed', { tls: true }, true],
])(
  'over %s, answers that share one read buffer come out whole, read at once or held up',
  async (_, tls, zip) => {
    const { url } = await startServer((request, response) => {
      const body = BODIES[Number(request.url?.split('/').at(-1))] ?? Buffer.alloc(0);
      const headers = { 'transfer-encoding': 'chunked', ...(zip && { 'content-encoding': 'gzip' }) };
      answerWith(zip ? gzipSync(body, { level: 1 }) : body, { headers })(request, response);
    }, tls);

    for (const memory of [undefined, haltingMemory]) {
      const read = await readAll(url, memory);
      expect(read.map((each, nth) => each.equals(BODIES[nth] ?? each))).toEqual(BODIES.map(() => true));
    }
  },
);
