import type { RequestListener } from 'node:http';
import { describe, expect, test } from 'vitest';
import { createLinkFetch, type LinkOptions } from '../../../shared/provider/http/image-link.ts';
import { isAllowedHost, isPublicAddress } from '../../../shared/provider/http/public-address.ts';
import { callWith, chat, failureOf, imagesOf } from '../fixtures/calls.ts';
import { LOOPBACK_CERT, startServer } from '../fixtures/loopback.ts';
import { picture } from '../fixtures/pictures.ts';

const png = await picture('png');
const HOSTS = ['*.core.today'];

async function linkServer(listener: RequestListener, more: Partial<LinkOptions> = {}) {
  const { port } = await startServer(listener, { tls: true });
  const fetchLink = createLinkFetch({
    hosts: HOSTS,
    maxBytes: 100_000,
    timeoutMs: 5_000,
    ca: LOOPBACK_CERT,
    resolve: async () => [{ address: '127.0.0.1', family: 4 }],
    isAllowedAddress: (address) => address === '127.0.0.1',
    ...more,
  });
  return {
    port,
    fetchLink,
    url: (path: string, host = 'img.core.today') => `https://${host}:${port}${path}`,
  };
}

describe('an image behind a link', () => {
  test('is fetched from an allowed host, without our key', async () => {
    const seen: unknown[] = [];
    const { fetchLink, url } = await linkServer((request, response) => {
      seen.push(request.headers.authorization);
      response.end(png);
    });

    const outcome = await callWith(
      chat(
        { content: `![image](${url('/a.png')})` },
        { usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 } },
      ),
      {},
      { fetchLink },
    );

    expect(Buffer.compare(imagesOf(outcome)[0].bytes, png)).toBe(0);
    expect(seen).toEqual([undefined]);
  });

  test('is fetched though its signature looks like base64', async () => {
    const seen: unknown[] = [];
    const { fetchLink, url } = await linkServer((request, response) => {
      seen.push(request.url);
      response.end(png);
    });
    const path = `/a.png?sig=${'ab12CD-_'.repeat(70)}&x=1`;

    await callWith(chat({ content: `[image](${url(path)})` }), {}, { fetchLink });

    expect(seen).toEqual([path]);
  });

  test('is not fetched if the response holds an image itself', async () => {
    const fetchLink = async () => expect.fail('the link was followed');
    const content = `![a](https://img.core.today/x.png) data:image/png;base64,${png.toString('base64')}`;

    expect(imagesOf(await callWith(chat({ content }), {}, { fetchLink }))).toHaveLength(1);
  });

  test('follows at most three redirects, each checked again', async () => {
    const { fetchLink, url } = await linkServer((request, response) => {
      const left = Number(request.url?.slice(1));
      if (left === 0) response.end(png);
      else
        response.writeHead(302, { location: left === 9 ? 'https://evil.example/x' : `/${left - 1}` }).end();
    });

    expect(await fetchLink(url('/3'))).toMatchObject({ kind: 'fetched' });
    expect(await fetchLink(url('/4'))).toMatchObject({
      kind: 'refused',
      problem: expect.stringContaining('redirects'),
    });
    expect(await fetchLink(url('/9'))).toMatchObject({
      kind: 'refused',
      problem: expect.stringContaining('evil.example'),
    });
  });

  test.each([
    'http://img.core.today/x',
    'https://evil.example/x',
    'https://user:pw@img.core.today/x',
    'https://core.today.evil.example/',
    'https://[::1]/',
    'https://169.254.169.254/',
    'ftp://img.core.today/',
    'nonsense',
  ])('is refused at %s', async (url) => {
    const fetchLink = createLinkFetch({
      hosts: HOSTS,
      maxBytes: 1,
      timeoutMs: 1,
      resolve: () => expect.fail('it was looked up'),
    });

    expect(await fetchLink(url)).toMatchObject({ kind: 'refused' });
  });

  test('is refused if an allowed name resolves to a private address, even if that address is allowed by name', async () => {
    const { fetchLink, url } = await linkServer((_request, response) => response.end(png), {
      isAllowedAddress: isPublicAddress,
    });
    const literal = createLinkFetch({ hosts: ['127.0.0.1'], maxBytes: 1, timeoutMs: 1_000 });

    expect(await fetchLink(url('/a'))).toMatchObject({
      kind: 'refused',
      problem: expect.stringContaining('no public address'),
    });
    expect(await literal('https://127.0.0.1/')).toMatchObject({ kind: 'refused' });
  });

  test.each(['too large', 'not there', 'broken off'])(
    'that is %s is a bad image of an answer that came',
    async (trouble) => {
      const { fetchLink, url } = await linkServer((_request, response) => {
        if (trouble === 'too large') response.end(Buffer.alloc(200_000));
        else if (trouble === 'not there') response.writeHead(404).end();
        else response.socket?.destroy();
      });

      const outcome = await callWith(
        chat({ content: `![image](${url('/a.png')})` }, { usage: null }),
        {},
        { fetchLink },
      );

      expect(failureOf(outcome)).toMatchObject({ code: 'bad_image', reach: 'answered' });
      expect(outcome).toMatchObject({ answer: { status: 200, bytes: expect.any(Buffer) } });
    },
  );

  test('that is only mentioned in prose, and not allowed, leaves the answer text', async () => {
    const outcome = await callWith(chat({ content: 'See [our policy](https://policies.example/x).' }));

    expect(failureOf(outcome)).toMatchObject({ code: 'text_only' });
  });
});

describe('the rules for links', () => {
  test('know public addresses from all others', () => {
    const inside = [
      '127.0.0.1',
      '10.1.2.3',
      '172.16.0.1',
      '192.168.0.1',
      '169.254.169.254',
      '100.64.0.1',
      '0.0.0.0',
      '::1',
      '::',
      'fe80::1',
      'fd00:ec2::254',
      '::ffff:10.0.0.1',
      '64:ff9b::a00:1',
      '224.0.0.1',
      '::7f00:1',
      '::ffff:0:7f00:1',
      '4000::1',
      'e000::1',
      '2001::1',
      '2001:db8::1',
      '2002:7f00:1::',
      '3fff::1',
      '5f00::1',
      '100::1',
      '192.0.2.1',
      '198.18.0.1',
      '240.0.0.1',
      '255.255.255.255',
      '127.1',
      '2130706433',
      'nonsense',
    ];

    expect(inside.filter(isPublicAddress)).toEqual([]);
    expect(['8.8.8.8', '2606:4700::1111'].every(isPublicAddress)).toBe(true);
  });

  test('take a star for every name below, and for nothing else', () => {
    const hosts = [
      'img.core.today',
      'a.b.core.today',
      'IMG.Core.Today.',
      'core.today',
      'evilcore.today',
      'core.today.evil.com',
    ];

    expect(hosts.map((host) => isAllowedHost(host, HOSTS))).toEqual([true, true, true, false, false, false]);
  });
});
