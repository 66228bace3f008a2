import { get } from 'node:https';
import { buffer } from 'node:stream/consumers';
import sharp from 'sharp';
import { expect, it, onTestFinished } from 'vitest';
import { startSimulator } from '../../local/simulator/server.ts';
import { selfSigned } from '../support/self-signed.ts';
import { ask } from './asking.ts';

it('serves linked pictures over its own https, if given a certificate', async () => {
  const tls = await selfSigned();
  const simulator = await startSimulator({
    latency: 'none',
    pictures: 'plain',
    tls,
    profile: { variants: { V1d: 1 }, usage: { 'all-zero': 1 } },
  });
  onTestFinished(() => simulator.close());

  const reply = await ask(simulator, 'A linked fox');

  const link = /\((https:\/\/127\.0\.0\.1:\d+\/pictures\/[\w.-]+)\)/.exec(reply.text)?.[1] ?? '';
  const picture = await fetchTrusting(link, tls.cert);
  expect((await sharp(picture).metadata()).width).toBe(1024);
});

it('sends no link if none can be fetched', async () => {
  const simulator = await startSimulator({
    latency: 'none',
    pictures: 'plain',
    profile: { variants: { V1d: 1, 'V5-url': 1, V2: 0.001 } },
  });
  onTestFinished(() => simulator.close());

  await Promise.all(Array.from({ length: 10 }, (_, index) => ask(simulator, `Fox ${index}`)));

  expect(new Set(simulator.bill().map((entry) => entry.variant))).toEqual(new Set(['V2']));
});

function fetchTrusting(url: string, ca: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    get(url, { ca }, (response) => resolve(buffer(response))).on('error', reject);
  });
}
