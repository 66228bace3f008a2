import { createHmac } from 'node:crypto';
import type { BusEvent } from '../../aws/event-bus.ts';
import type { Clock, Log } from '../../pipeline/ports.ts';
import { startCountdown } from '../../provider/http/deadline.ts';
import { createGuardedLookup, isForbiddenLiteral } from '../../provider/http/guarded-lookup.ts';
import { exchange } from '../../provider/http/http-exchange.ts';

export interface WebhookTarget {
  readonly url: string;
  /** Signs messages: `whsec_` and base64, or any text. */
  readonly secret: string;
  /** Allows plain HTTP and private networks. */
  readonly allowPrivate: boolean;
  /** Instead of the machine's own certificates. */
  readonly ca?: string;
}

interface WebhookMessage {
  /** The same for each try, so that receivers recognise repeats. */
  readonly id: string;
  readonly event: Pick<BusEvent, 'type' | 'detail'>;
  readonly atMs: number;
}

/** `refused`: a retry would fail alike. */
type Delivery =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'failed' | 'refused'; readonly why: string };

const TIMEOUT_MS = 10_000;
const MOST_ANSWER_BYTES = 64 * 1024;
/** Statuses worth a retry. */
const MAY_PASS: ReadonlySet<number> = new Set([408, 425, 429]);

/** Sends a message once, signed by Standard Webhooks (standardwebhooks.com). Follows no redirect; checks the address as it connects. */
export async function postWebhook(
  target: WebhookTarget,
  message: WebhookMessage,
  nowMs: number,
): Promise<Delivery> {
  const url = URL.parse(target.url);
  const rule = target.allowPrivate ? { isAllowedAddress: () => true } : {};
  if (url === null) return { kind: 'refused', why: 'its address is no URL' };
  if (!target.allowPrivate && url.protocol !== 'https:')
    return { kind: 'refused', why: 'its address is not https' };
  if (isForbiddenLiteral(url, rule))
    return { kind: 'refused', why: `${url.hostname} is not a public address` };

  const body = Buffer.from(
    JSON.stringify({
      type: message.event.type,
      timestamp: new Date(message.atMs).toISOString(),
      data: message.event.detail,
    }),
  );
  const guard = createGuardedLookup(rule);
  const countdown = startCountdown(TIMEOUT_MS);
  const outcome = await exchange({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json', ...signatureOf(target, message.id, body, nowMs) },
    body,
    countdown,
    connectTimeoutMs: TIMEOUT_MS,
    maxBytes: MOST_ANSWER_BYTES,
    lookup: guard.lookup,
    ...(target.ca !== undefined && { ca: target.ca }),
    onChunk: () => undefined,
  }).finally(countdown.clear);
  if (guard.refusedAddress()) return { kind: 'refused', why: `${url.hostname} has no public address` };
  if (outcome.head === undefined)
    return { kind: 'failed', why: outcome.kind === 'broken' ? outcome.message : '' };
  const { status } = outcome.head;
  if (status >= 200 && status < 300) return { kind: 'delivered' };
  const why = `it answered ${status}`;
  return { kind: status >= 500 || MAY_PASS.has(status) ? 'failed' : 'refused', why };
}

function signatureOf(
  { secret }: WebhookTarget,
  id: string,
  body: Buffer,
  nowMs: number,
): Record<string, string> {
  const seconds = String(Math.floor(nowMs / 1_000));
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice('whsec_'.length), 'base64') : secret;
  const signature = createHmac('sha256', key).update(`${id}.${seconds}.`).update(body).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': seconds, 'webhook-signature': `v1,${signature}` };
}

/** Between tries, at least half of each: time for a receiver to restart. */
const WAITS_MS = [1_000, 5_000, 30_000, 120_000] as const;

interface WebhookOptions {
  readonly target: WebhookTarget;
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
  /** In [0, 1). */
  readonly random: () => number;
  readonly newId: () => string;
  readonly log: Pick<Log, 'warn'>;
}

/** Delivers messages beside the work; logs what can't be delivered. */
interface Webhook {
  /** Returns at once. */
  send(events: readonly BusEvent[]): Promise<void>;
  /** Waits so long for messages in progress. */
  close(withinMs: number): Promise<void>;
}

export function createWebhook({ target, clock, random, newId, log }: WebhookOptions): Webhook {
  const ending = new AbortController();
  const pending = new Set<Promise<void>>();

  async function deliver(event: BusEvent): Promise<void> {
    const message = { id: `msg_${newId()}`, event, atMs: clock.now() };
    for (const waitMs of [...WAITS_MS, undefined]) {
      const delivery = await postWebhook(target, message, clock.now());
      if (delivery.kind === 'delivered') return;
      if (delivery.kind === 'refused' || waitMs === undefined || ending.signal.aborted) {
        return log.warn('the webhook did not take an event', { type: event.type, why: delivery.why });
      }
      await clock.sleep(waitMs * (0.5 + random() / 2), ending.signal);
    }
  }

  return {
    send: async (events) => {
      for (const event of events) {
        const delivering = deliver(event);
        pending.add(delivering);
        void delivering.finally(() => pending.delete(delivering));
      }
    },
    close: async (withinMs) => {
      const inTime = new AbortController();
      const timer = clock.sleep(withinMs, inTime.signal).then(() => ending.abort());
      await Promise.all(pending);
      inTime.abort();
      await timer;
    },
  };
}
