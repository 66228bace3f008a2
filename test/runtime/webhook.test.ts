import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createWebhook, postWebhook, type WebhookTarget } from '../../shared/runtime/reporting/webhook.ts';

const KEY = Buffer.from('a secret of at least 24 bytes');
const SECRET = `whsec_${KEY.toString('base64')}`;
const EVENT = { source: 'pressrun', type: 'BatchCompleted', detail: { stage: 'local', batch: 'foxes-1' } };
const NOW_MS = Date.parse('2026-11-28T12:00:00Z');

interface Received {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A receiver that answers with these statuses in turn, then with 204; `silent` never answers. */
async function receiver(...answers: readonly (number | 'silent')[]) {
  const received: Received[] = [];
  const server = createServer(async (incoming, answer) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    received.push({ headers: incoming.headers, body: Buffer.concat(chunks).toString() });
    const status = answers[received.length - 1] ?? 204;
    if (status !== 'silent') answer.writeHead(status, { location: '/elsewhere' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const target: WebhookTarget = { url: `http://127.0.0.1:${port}/hook`, secret: SECRET, allowPrivate: true };
  return { received, target };
}

function webhookTo(target: WebhookTarget) {
  const waits: number[] = [];
  const warned: unknown[] = [];
  const clock = {
    now: () => NOW_MS,
    sleep: async (ms: number) => {
      waits.push(ms);
    },
  };
  const log = { warn: (_: string, fields?: object) => void warned.push(fields) };
  const webhook = createWebhook({ target, clock, random: () => 0, newId: () => 'one', log });
  return { webhook, waits, warned };
}

describe('a webhook', () => {
  test('sends a signed message whose sender and age a receiver can verify', async () => {
    const { received, target } = await receiver();
    const { webhook } = webhookTo(target);

    await webhook.send([EVENT]);
    await webhook.close(1_000);

    const [{ headers, body } = { headers: {}, body: '' }] = received;
    expect(JSON.parse(body)).toEqual({
      type: 'BatchCompleted',
      timestamp: '2026-11-28T12:00:00.000Z',
      data: EVENT.detail,
    });
    expect(headers['webhook-id']).toBe('msg_one');
    expect(headers['webhook-timestamp']).toBe(String(NOW_MS / 1_000));
    // As docs/webhook.md says it.
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
    const signature = createHmac('sha256', KEY).update(signed).digest('base64');
    expect(headers['webhook-signature']).toBe(`v1,${signature}`);
  });

  test('retries the same message with growing delays until the receiver accepts it', async () => {
    const { received, target } = await receiver(500, 429, 503);
    const { webhook, waits, warned } = webhookTo(target);

    await webhook.send([EVENT]);
    await expect.poll(() => received.length).toBe(4);

    expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(waits).toEqual([500, 2_500, 15_000]);
    expect(warned).toEqual([]);
  });

  test.each([
    ['it answers 500 for ever', [500, 500, 500, 500, 500], 5, 'it answered 500'],
    ['it refuses the message', [400], 1, 'it answered 400'],
    ['it points elsewhere', [302], 1, 'it answered 302'],
  ])('is given up and the log says why if %s', async (_, answers, tries, why) => {
    const { received, target } = await receiver(...answers);
    const { webhook, warned } = webhookTo(target);

    await webhook.send([EVENT]);
    await expect.poll(() => warned).toEqual([{ type: 'BatchCompleted', why }]);

    expect(received).toHaveLength(tries);
  });

  test('does not wait for a silent receiver: sending returns at once', async () => {
    const { received, target } = await receiver('silent');
    const { webhook } = webhookTo(target);

    await webhook.send([EVENT]);

    await expect.poll(() => received.length).toBe(1);
  });

  test.each([
    ['http://hooks.example.com/', 'its address is not https'],
    ['https://127.0.0.1/', '127.0.0.1 is not a public address'],
    ['https://169.254.169.254/latest/meta-data/', '169.254.169.254 is not a public address'],
    ['https://[::1]/', '[::1] is not a public address'],
    ['https://localhost/', 'localhost has no public address'],
  ])('at %s gets nothing unless private addresses are allowed', async (url, why) => {
    const message = { id: 'msg_one', event: EVENT, atMs: NOW_MS };

    const delivery = await postWebhook({ url, secret: SECRET, allowPrivate: false }, message, NOW_MS);

    expect(delivery).toEqual({ kind: 'refused', why });
  });
});
