import type { EventBridgeClient, PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { type Backoff, waitBeforeRetry } from './backoff.ts';
import { namingFailures, type ServiceSettings, serviceOptions } from './service-client.ts';
import { systemClock } from './system-clock.ts';

export interface BusEvent {
  readonly source: string;
  readonly type: string;
  readonly detail: Readonly<Record<string, string | number>>;
}

/** EventBridge's limit on one call. */
const mostEntries = 10;
const mostTries = 4;

/** Rejects if EventBridge refused some events. */
export type PutEvents = (events: readonly BusEvent[]) => Promise<void>;

interface EventBusSettings extends ServiceSettings {
  readonly backoff?: Backoff;
}

/** The account's default bus; loads its client with the first events. */
export function eventBus(settings: EventBusSettings = {}): PutEvents {
  const { backoff = { random: Math.random, sleep: systemClock().sleep } } = settings;
  let client: EventBridgeClient | undefined;
  return async (events) => {
    const { EventBridgeClient } = await import('@aws-sdk/client-eventbridge');
    client ??= namingFailures(new EventBridgeClient(serviceOptions(settings)));
    const entries = events.map(({ source, type, detail }) => ({
      Source: source,
      DetailType: type,
      Detail: JSON.stringify(detail),
    }));
    for (let from = 0; from < entries.length; from += mostEntries) {
      await putAll(client, entries.slice(from, from + mostEntries), backoff);
    }
  };
}

/** A throttled EventBridge takes only some entries: resends the others. */
async function putAll(
  client: EventBridgeClient,
  entries: readonly PutEventsRequestEntry[],
  backoff: Backoff,
): Promise<void> {
  const { PutEventsCommand } = await import('@aws-sdk/client-eventbridge');
  let left = entries;
  for (let tries = 1; ; tries += 1) {
    const { Entries = [] } = await client.send(new PutEventsCommand({ Entries: [...left] }));
    const codes = Entries.map(({ ErrorCode }) => ErrorCode);
    left = left.filter((_, index) => codes[index] !== undefined);
    if (left.length === 0) return;
    if (tries >= mostTries) {
      const reasons = [...new Set(codes.filter((code) => code !== undefined))].join(', ');
      throw new Error(`EventBridge did not take ${left.length} events after ${tries} tries: ${reasons}`);
    }
    await waitBeforeRetry(backoff, tries);
  }
}
