import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FAILURE_CODES, FAILURES } from '../../../shared/domain/calls/failure.ts';
import { DIALECT_HINT } from '../../../shared/domain/item/retry.ts';
import fc from '../../support/property.ts';
import { chat, KEY, providerAt, REQUEST } from '../fixtures/calls.ts';
import { keepsItsPromise, untilTheEnd } from './answer-end.ts';
import { OTHERS } from './others.ts';
import { REFUSALS } from './refusals.ts';
import { WAITS } from './waits.ts';

interface Sent {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const RUNS = 400;
const LATE_MS = 5_000;

let next: Sent = { status: 200, headers: {}, body: '' };
const server = http.createServer((request, response) => {
  request.resume().on('end', () => response.writeHead(next.status, next.headers).end(next.body));
});
let baseUrl = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  baseUrl = `http://127.0.0.1:${port}/v1`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

describe('whatever the provider answers', () => {
  test('a call ends, its item ends or waits within bounds, and the documented outcome is the actual one', async () => {
    await fc.assert(
      fc.asyncProperty(answers(), async (sent) => {
        next = sent;
        const provider = providerAt(baseUrl, { timeoutMs: () => LATE_MS, maxAnswerBytes: 1_000_000 });

        const outcome = await provider.call(REQUEST);

        if (outcome.kind === 'images') return;
        const { failure } = outcome;
        const { calls, last } = untilTheEnd(failure);
        expect(failure.message).toMatch(/^[^\n\r]{1,500}$/);
        expect(`${failure.message} ${failure.hint} ${failure.text}`).not.toContain(KEY);
        expect(FAILURES[failure.code].remedy.kind === 'wait' ? calls : Number(calls)).not.toBeNaN();
        expect(calls === 'waits' || calls <= 21).toBe(true);
        expect(keepsItsPromise(failure, last), JSON.stringify({ failure, last })).toBe(true);
      }),
      { numRuns: RUNS },
    );
  });
});

test('each remedy has a text of its own', () => {
  const hints = FAILURE_CODES.flatMap((code) => {
    const { remedy } = FAILURES[code];
    return remedy.kind === 'operator' ? [remedy.hint] : [];
  });

  expect(new Set([...hints, DIALECT_HINT]).size).toBe(hints.length + 1);
});

/** Known answers and pieces of them, under any status, with any headers, whole or cut or with something else in them. */
function answers(): fc.Arbitrary<Sent> {
  const known = [...REFUSALS, ...WAITS, ...OTHERS].map(({ body }) => body);
  const texts = fc.oneof(
    fc
      .constantFrom(...known, chat({ content: 'hm' }))
      .map((body) => (typeof body === 'string' ? body : JSON.stringify(body))),
    fc.json(),
    fc.string(),
    fc
      .record({
        error: fc.oneof(
          fc.jsonValue(),
          fc.record({ code: fc.integer(), message: fc.string(), status: fc.string() }),
        ),
      })
      .map((body) => JSON.stringify(body)),
  );
  const body = fc
    .tuple(texts, fc.option(fc.nat({ max: 400 }), { nil: undefined }), fc.constantFrom('', KEY))
    .map(([text, cut, more]) => `${text.slice(0, cut)}${more}`);
  const value = fc.oneof(
    fc.integer().map(String),
    fc.double({ noNaN: true }).map(String),
    fc.constantFrom(
      '9s',
      '6m0s',
      '-5',
      '1e30',
      '999999999',
      'Infinity',
      '"a";r=0;t=9',
      String(Date.now()),
      'Sat, 21 Nov 2026 00:01:00 GMT',
    ),
    fc.string({ unit: 'grapheme-ascii' }).map((text) => text.trim()),
  );
  const name = fc.constantFrom(
    'retry-after',
    'retry-after-ms',
    'x-ratelimit-reset-requests',
    'x-ratelimit-remaining-requests',
    'ratelimit',
    'location',
    'content-type',
  );
  const status = fc.oneof(fc.integer({ min: 200, max: 599 }), fc.constantFrom(200, 400, 403, 429, 503));
  // A server sends no body with these.
  const withBody = status.filter((each) => each !== 204 && each !== 205 && each !== 304);
  return fc.record({ status: withBody, headers: fc.dictionary(name, value, { maxKeys: 4 }), body });
}
