import { once } from 'node:events';
import http from 'node:http';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createLinkFetch, type LinkOptions } from '../../../shared/provider/http/image-link.ts';
import { proxyFor } from '../../../shared/provider/http/proxy.ts';
import {
  NO_PROXIES,
  type ProxySettings,
  parseProxy,
  supportsProxies,
} from '../../../shared/provider/http/proxy-settings.ts';
import { chat, failureOf, imagesOf, providerAt, REQUEST } from '../fixtures/calls.ts';
import { answerWith, LOOPBACK_CERT, startServer } from '../fixtures/loopback.ts';
import { dataUri, picture } from '../fixtures/pictures.ts';

const png = await picture('png');
const good = JSON.stringify(chat({ content: dataUri(png) }));

interface TestProxy {
  readonly proxies: ProxySettings;
  /** `CONNECT host:port` or `POST url` of each request, and its credentials. */
  readonly seen: [request: string, authorization: string | undefined][];
  readonly open: Set<Socket>;
}

/** A real proxy that takes every name for this machine. */
async function startProxy(answer: 'tunnel' | 'silence' | number = 'tunnel'): Promise<TestProxy> {
  const seen: TestProxy['seen'] = [];
  const open = new Set<Socket>();
  const server = http.createServer((request, response) => {
    seen.push([`${request.method} ${request.url}`, request.headers['proxy-authorization']]);
    const { port, pathname } = new URL(request.url ?? '');
    const onward = http.request({ host: '127.0.0.1', port, path: pathname, method: request.method });
    request.pipe(onward.on('response', (answered) => answered.pipe(response)));
  });
  server.on('connect', (request, socket) => {
    seen.push([`CONNECT ${request.url}`, request.headers['proxy-authorization']]);
    if (answer === 'silence') return void socket.resume().on('end', () => socket.destroy());
    if (answer !== 'tunnel') return void socket.end(`HTTP/1.1 ${answer} No\r\n\r\n`);
    const onward = connect(Number(request.url?.split(':').at(-1)), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connected\r\n\r\n');
      socket.pipe(onward).pipe(socket);
    });
    socket.on('error', () => onward.destroy());
  });
  server.on('connection', (socket) => open.add(socket.on('close', () => open.delete(socket))));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  const proxy = parseProxy(`http://user:pass%20word@127.0.0.1:${(server.address() as AddressInfo).port}`);
  if (proxy === undefined) throw new Error('the address of the test proxy is one');
  return { proxies: { https: proxy, http: proxy, bypass: [] }, seen, open };
}

const CREDENTIALS = `Basic ${Buffer.from('user:pass word').toString('base64')}`;

describe('a call through a proxy', () => {
  test('tunnels https, one connection a call, and shows the proxy neither key nor prompt', async () => {
    const { port } = await startServer(answerWith(good), { tls: true });
    const { proxies, seen } = await startProxy();
    const provider = providerAt(`https://api.core.today:${port}/v1`, { proxies, ca: LOOPBACK_CERT });

    const outcomes = [await provider.call(REQUEST), await provider.call(REQUEST)];

    expect(outcomes.map((outcome) => imagesOf(outcome).length)).toEqual([1, 1]);
    expect(seen).toEqual(Array(2).fill([`CONNECT api.core.today:${port}`, CREDENTIALS]));
  });

  test('sends http to the proxy by its whole address', async () => {
    const { port } = await startServer(answerWith(good));
    const { proxies, seen } = await startProxy();

    const outcome = await providerAt(`http://gateway.example:${port}/v1`, { proxies }).call(REQUEST);

    expect(imagesOf(outcome)).toHaveLength(1);
    expect(seen).toEqual([[`POST http://gateway.example:${port}/v1/chat/completions`, CREDENTIALS]]);
  });

  test.each(['http://127.0.0.1', 'http://localhost', 'http://[::1]'])(
    'never takes %s through it',
    async (base) => {
      const { proxies, seen } = await startProxy();
      const { port } = await startServer(answerWith(good));

      await providerAt(`${base}:${port}/v1`, { proxies, connectTimeoutMs: 2_000 }).call(REQUEST);

      expect(seen).toEqual([]);
    },
  );

  test('says that a proxy wants a password, and pauses instead of using up retries', async () => {
    const { proxies } = await startProxy(407);

    const failure = failureOf(await providerAt('https://api.core.today/v1', { proxies }).call(REQUEST));

    expect(failure).toMatchObject({ code: 'certificate', reach: 'unsent' });
    expect(failure.message).toMatch(
      /proxy 127\.0\.0\.1:\d+ answered 407 .*HTTPS_PROXY as http:\/\/user:password@/,
    );
    expect(failure.message).not.toContain('pass%20word');
  });

  test('that the proxy cannot make is sent nowhere, and is tried again', async () => {
    const { proxies } = await startProxy(503);

    const failure = failureOf(await providerAt('https://api.core.today/v1', { proxies }).call(REQUEST));

    expect(failure).toMatchObject({ code: 'network', reach: 'unsent' });
    expect(failure.message).toMatch(/answered 503 instead of connecting to api\.core\.today/);
  });

  test('ends in time if the proxy is silent, and leaves no connection', async () => {
    const { proxies, open } = await startProxy('silence');
    const provider = providerAt('https://api.core.today/v1', { proxies, connectTimeoutMs: 50 });

    expect(failureOf(await provider.call(REQUEST))).toMatchObject({ code: 'network', reach: 'unsent' });
    await expect.poll(() => open.size).toBe(0);
  });

  test('names NODE_EXTRA_CA_CERTS if the proxy has a certificate of its own', async () => {
    const { port } = await startServer(answerWith(good), { tls: true });
    const { proxies } = await startProxy();

    const failure = failureOf(
      await providerAt(`https://api.core.today:${port}/v1`, { proxies }).call(REQUEST),
    );

    expect(failure).toMatchObject({ code: 'certificate', reach: 'unsent' });
    expect(failure.message).toContain('NODE_EXTRA_CA_CERTS');
  });
});

describe('https at an http port', () => {
  test('is said in words, and pauses instead of using up retries', async () => {
    const { port } = await startServer(answerWith(good));

    const failure = failureOf(await providerAt(`https://127.0.0.1:${port}/v1`).call(REQUEST));

    expect(failure).toMatchObject({ code: 'certificate', reach: 'unsent' });
    expect(failure.message).toContain(`127.0.0.1:${port} speaks plain http, not https`);
  });

  test('is said of servers that greet first, too', async () => {
    const server = createServer((socket) => socket.on('error', () => undefined).end('220 hello\r\n'));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;

    const failure = failureOf(await providerAt(`https://127.0.0.1:${port}/v1`).call(REQUEST));

    expect(failure.message).toContain('not https');
  });
});

describe('an image link through a proxy', () => {
  async function fetchAt(more: Partial<LinkOptions>) {
    const { port } = await startServer((_request, response) => response.end(png), { tls: true });
    const proxy = await startProxy();
    const fetchLink = createLinkFetch({
      hosts: ['*.core.today'],
      maxBytes: 100_000,
      timeoutMs: 5_000,
      ca: LOOPBACK_CERT,
      proxies: proxy.proxies,
      ...more,
    });
    return { fetched: await fetchLink(`https://img.core.today:${port}/a.png`), port, seen: proxy.seen };
  }

  test('is fetched if only the proxy can resolve the name', async () => {
    const { fetched, seen, port } = await fetchAt({ resolve: () => Promise.reject(new Error('ENOTFOUND')) });

    expect(fetched).toMatchObject({ kind: 'fetched' });
    expect(seen).toEqual([[`CONNECT img.core.today:${port}`, CREDENTIALS]]);
  });

  test('is not requested from the proxy if the name resolves to a private address', async () => {
    const { fetched, seen } = await fetchAt({ resolve: async () => [{ address: '10.0.0.8', family: 4 }] });

    expect(fetched).toMatchObject({ kind: 'refused' });
    expect(seen).toEqual([]);
  });
});

describe('NO_PROXY', () => {
  const proxy = parseProxy('proxy.example:3128');

  test.each([
    ['api.core.today', 'https://api.core.today/v1', true],
    ['core.today', 'https://api.core.today/v1', true],
    ['.core.today', 'https://api.core.today/v1', true],
    ['*.core.today', 'https://API.core.today/v1', true],
    ['ore.today', 'https://api.core.today/v1', false],
    ['api.core.today:443', 'https://api.core.today/v1', true],
    ['api.core.today:8443', 'https://api.core.today/v1', false],
    ['*', 'https://api.core.today/v1', true],
    ['10.0.0.0/8', 'https://10.1.2.3/v1', true],
    ['10.0.0.0/8', 'https://11.1.2.3/v1', false],
    ['10.1.2.3', 'https://10.1.2.3/v1', true],
    ['10.1.2.3:8080', 'http://10.1.2.3:8080/v1', true],
    ['2001:db8::1', 'https://[2001:db8::1]/v1', true],
    ['[2001:db8::1]:8080', 'http://[2001:db8::1]:8080/v1', true],
    ['2001:db8::/32', 'https://[2001:db8::7]/v1', true],
    ['', 'https://api.core.today/v1', false],
  ])('"%s" and %s: direct is %s', (entry, url, isDirect) => {
    const settings = { ...NO_PROXIES, ...(proxy && { https: proxy, http: proxy }), bypass: [entry] };

    expect(proxyFor(new URL(url), settings) === undefined).toBe(isDirect);
  });

  test('follows the scheme of the requested URL', () => {
    const settings = { ...NO_PROXIES, ...(proxy && { https: proxy }) };

    expect(proxyFor(new URL('https://api.core.today'), settings)?.host).toBe('proxy.example:3128');
    expect(proxyFor(new URL('http://api.core.today'), settings)).toBeUndefined();
  });
});

test.each([
  ['24.21.0', true],
  ['24.5.0', true],
  ['24.4.1', false],
  ['22.21.0', true],
  ['22.20.0', false],
  ['23.11.1', false],
  ['25.0.0', true],
])('Node %s has agents that go through proxies: %s', (version, isSo) => {
  expect(supportsProxies(version)).toBe(isSo);
});
