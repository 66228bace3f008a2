import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { callWith, chat, failureOf, imagesOf, KEY, providerAt, REQUEST, USAGE } from '../fixtures/calls.ts';
import { answerWith, LOOPBACK_CERT, startServer } from '../fixtures/loopback.ts';
import { dataUri, picture } from '../fixtures/pictures.ts';

const png = await picture('png');
const good = JSON.stringify(chat({ content: dataUri(png) }));

/** Takes the whole request, then does this. */
function afterRequest(then: RequestListener): RequestListener {
  return (request, response) => {
    request.resume().on('end', () => then(request, response));
  };
}

/** The address of a server that is gone. */
async function deserted(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return `http://127.0.0.1:${port}`;
}

describe('a request', () => {
  test.each(['', '/', '///'])('goes to /chat/completions under the base URL ending in "%s"', async (end) => {
    const seen: unknown[] = [];
    const { url } = await startServer((request, response) => {
      seen.push([
        request.method,
        request.url,
        request.headers.authorization,
        request.headers['accept-encoding'],
      ]);
      answerWith(good)(request, response);
    });

    await providerAt(url + end).call(REQUEST);

    expect(seen).toEqual([['POST', '/v1beta/openai/chat/completions', `Bearer ${KEY}`, 'identity']]);
  });

  test('goes over https to a server whose certificate is trusted, and measures its time by the clock', async () => {
    const { url } = await startServer(answerWith(good), { tls: true });
    const times = [1_000, 1_000, 26_000];

    const outcome = await providerAt(url, {
      ca: LOOPBACK_CERT,
      clock: { now: () => times.shift() ?? 26_000 },
    }).call(REQUEST);

    expect(outcome).toMatchObject({ kind: 'images', latencyMs: 25_000 });
  });
});

describe('nothing was sent', () => {
  test('to a closed port', async () => {
    expect(failureOf(await providerAt(await deserted()).call(REQUEST))).toMatchObject({
      code: 'network',
      reach: 'unsent',
    });
  });

  test('to a server with an invalid certificate', async () => {
    let asked = 0;
    const { url } = await startServer(() => asked++, { tls: true });

    expect(failureOf(await providerAt(url).call(REQUEST))).toMatchObject({
      code: 'certificate',
      reach: 'unsent',
    });
    expect(asked).toBe(0);
  });

  test('whose connection dies in the TLS handshake', async () => {
    const server = createServer((socket) => socket.once('data', () => socket.destroy()));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;

    expect(failureOf(await providerAt(`https://127.0.0.1:${port}/v1`).call(REQUEST))).toMatchObject({
      code: 'network',
      reach: 'unsent',
    });
  });

  test('when the signal was aborted before', async () => {
    const { url } = await startServer(answerWith(good));

    const outcome = await providerAt(url).call(REQUEST, AbortSignal.abort());

    expect(failureOf(outcome)).toMatchObject({ code: 'network', reach: 'unsent' });
  });

  test.each([
    ['an empty key', async () => ' '],
    ['a store of keys that fails', async () => Promise.reject(new Error('no such secret'))],
  ])('with %s', async (_name, apiKey) => {
    const { url } = await startServer(answerWith(good));

    expect(failureOf(await providerAt(url, { apiKey }).call(REQUEST))).toMatchObject({
      code: 'auth',
      reach: 'unsent',
    });
  });
});

describe('an answer is lost, and may have been billed,', () => {
  const cases: Record<string, RequestListener> = {
    'when the connection dies before the answer': afterRequest((_request, response) =>
      response.socket?.destroy(),
    ),
    'when it dies in the middle': afterRequest((_request, response) => {
      response.writeHead(200, { 'content-length': good.length });
      response.write(good.slice(0, 100), () => response.socket?.destroy());
    }),
    'when it speaks no HTTP': afterRequest((_request, response) => response.socket?.end('hello\r\n\r\n')),
    'when gzip is cut off': afterRequest((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(good).subarray(0, 200));
    }),
  };

  test.each(Object.entries(cases))('%s', async (_name, listener) => {
    const { url } = await startServer(listener);

    expect(failureOf(await providerAt(url).call(REQUEST))).toMatchObject({ code: 'timeout', reach: 'lost' });
  });

  test('when a stream dies that has brought one image, but has not said that it is the last', async () => {
    const body = `data: ${JSON.stringify({ choices: [{ delta: { content: dataUri(png) } }] })}\n\n`;
    const { url } = await startServer(
      afterRequest((_request, response) => {
        response.writeHead(200);
        response.write(body, () => response.socket?.destroySoon());
      }),
    );

    expect(failureOf(await providerAt(url).call(REQUEST))).toMatchObject({ code: 'timeout', reach: 'lost' });
  });

  test('when it takes longer than our timeout', async () => {
    const { url } = await startServer(() => {});

    expect(failureOf(await providerAt(url, { timeoutMs: () => 50 }).call(REQUEST))).toMatchObject({
      code: 'timeout',
      reach: 'lost',
    });
  });

  test('when the caller gives up after sending', async () => {
    const gone = new AbortController();
    const { url } = await startServer(afterRequest(() => gone.abort()));

    expect(failureOf(await providerAt(url).call(REQUEST, gone.signal))).toMatchObject({
      code: 'timeout',
      reach: 'lost',
    });
  });

  test('when it is larger than the cap, counted after decompression', async () => {
    const large = gzipSync(JSON.stringify(chat({ content: 'x '.repeat(100_000) })));

    const outcome = await callWith(
      large,
      { headers: { 'content-encoding': 'gzip' } },
      { maxAnswerBytes: 50_000 },
    );

    expect(failureOf(outcome)).toMatchObject({ code: 'response_too_large', reach: 'lost' });
  });
});

describe('an answer counts', () => {
  test.each<[name: string, encoding: string | undefined, body: Buffer]>([
    ['gzip', 'gzip', gzipSync(good)],
    ['gzip under its old name', 'x-gzip', gzipSync(good)],
    ['deflate', 'deflate', deflateSync(good)],
    ['deflate without its header', 'deflate', deflateRawSync(good)],
    ['br', 'br', brotliCompressSync(good)],
    ['zstd', 'zstd', zstdCompressSync(good)],
    ['gzip that is called deflate', 'deflate', gzipSync(good)],
    ['gzip that is called br', 'br', gzipSync(good)],
    ['gzip that is called identity', 'identity', gzipSync(good)],
    ['gzip without a word', undefined, gzipSync(good)],
    ['zstd without a word', undefined, zstdCompressSync(good)],
    ['deflate without a word', undefined, deflateSync(good)],
    ['deflate without its header, without a word', undefined, deflateRawSync(good)],
    ['brotli without a word', undefined, brotliCompressSync(good)],
    ['brotli that is called gzip', 'gzip', brotliCompressSync(good)],
    ['deflate that is called gzip', 'GZIP', deflateSync(good)],
    ['nothing that is called gzip', 'gzip', Buffer.from(good)],
    ['nothing that is called br', 'br', Buffer.from(good)],
    ['nothing that is called deflate', 'deflate', Buffer.from(`\n  ${good}`)],
    ['gzip of gzip', 'gzip, gzip', gzipSync(gzipSync(good))],
    ['gzip of gzip that is called gzip', 'gzip', gzipSync(gzipSync(good))],
    ['gzip of brotli', 'br, gzip', gzipSync(brotliCompressSync(good))],
    ['gzip in two members', 'gzip', Buffer.concat([gzipSync(good.slice(0, 99)), gzipSync(good.slice(99))])],
  ])('when it comes as %s though nobody asked', async (_name, encoding, body) => {
    const headers = encoding === undefined ? {} : { 'content-encoding': encoding };

    expect(imagesOf(await callWith(body, { headers }))).toHaveLength(1);
  });

  test('when its compressed bytes come one at a time', async () => {
    const { url } = await startServer(
      afterRequest(async (_request, response) => {
        response.writeHead(200, { 'content-encoding': 'deflate' });
        const body = deflateRawSync(good);
        for (const byte of body.subarray(0, 40))
          await new Promise((sent) => response.write(Buffer.of(byte), sent));
        response.end(body.subarray(40));
      }),
    );

    expect(imagesOf(await providerAt(url).call(REQUEST))).toHaveLength(1);
  });

  test.each([
    ['plain', {}, Buffer.from(good)],
    ['compressed', { 'content-encoding': 'gzip' }, gzipSync(good)],
  ])('when it is whole though fewer bytes came than were announced, %s', async (_name, headers, body) => {
    const { url } = await startServer(
      afterRequest((_request, response) => {
        response.writeHead(200, { ...headers, 'content-length': body.length + 100 });
        response.write(body, () => response.socket?.destroySoon());
      }),
    );

    expect(imagesOf(await providerAt(url).call(REQUEST))).toHaveLength(1);
  });

  test('when a stream says that it is finished, though its connection dies then', async () => {
    const body = `data: ${JSON.stringify({ choices: [{ delta: { content: dataUri(png) }, finish_reason: 'stop' }], usage: USAGE })}\n\n`;
    const { url } = await startServer(
      afterRequest((_request, response) => {
        response.writeHead(200);
        response.write(body, () => response.socket?.destroySoon());
      }),
    );

    expect(imagesOf(await providerAt(url).call(REQUEST))).toHaveLength(1);
  });

  test('when it is a refusal whose body breaks off', async () => {
    const { url } = await startServer(
      afterRequest((_request, response) => {
        response.writeHead(401, { 'content-length': 500 });
        response.write('{"error":', () => response.socket?.destroySoon());
      }),
    );

    expect(failureOf(await providerAt(url).call(REQUEST))).toMatchObject({ code: 'auth', reach: 'refused' });
  });

  test('when it refuses a large request before all of it was read', async () => {
    const references = [{ type: 'image/png', bytes: new Uint8Array(7_000_000) }] as const;
    const { url } = await startServer((_request, response) => {
      response.writeHead(413, { connection: 'close' }).end('{"error":"too large"}');
    });

    const outcome = await providerAt(url).call({ ...REQUEST, references });

    expect(failureOf(outcome)).toMatchObject({ code: 'too_large', reach: 'refused' });
  });

  test('when spaces keep the connection alive before the JSON', async () => {
    expect(imagesOf(await callWith(`${'\n         '.repeat(50)}${good}`))).toHaveLength(1);
    expect(imagesOf(await callWith(`\uFEFF${good}`))).toHaveLength(1);
  });
});
