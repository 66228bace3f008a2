import * as z from 'zod/mini';
import type { Clock, Log } from '../../shared/pipeline/ports.ts';
import { postWebhook, type WebhookTarget } from '../../shared/runtime/reporting/webhook.ts';

/** A stage's event from EventBridge. */
const busEvent = z.object({
  id: z.string(),
  time: z.string(),
  'detail-type': z.string(),
  detail: z.record(z.string(), z.union([z.string(), z.number()])),
});

interface WebhookHandlerOptions {
  readonly readTarget: () => Promise<WebhookTarget>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Pick<Log, 'warn'>;
}

/** Delivers one event. Throws if a retry may help: Lambda retries after one and two minutes, then keeps a dead letter. */
export function createHandler({ readTarget, clock, log }: WebhookHandlerOptions) {
  return async (payload: unknown): Promise<void> => {
    const { id, time, detail, 'detail-type': type } = z.parse(busEvent, payload);
    const message = { id, event: { type, detail }, atMs: Date.parse(time) };
    const delivery = await postWebhook(await readTarget(), message, clock.now());
    switch (delivery.kind) {
      case 'delivered':
        return;
      case 'refused':
        return log.warn('the webhook did not take an event', { type, why: delivery.why });
      case 'failed':
        throw new Error(`the webhook did not take ${type}: ${delivery.why}`);
    }
  };
}
