import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { timeLimits } from './timeouts.ts';

export interface BusEvent {
  readonly source: string;
  readonly type: string;
  readonly detail: Readonly<Record<string, string | number>>;
}

/** EventBridge's limit on one call. */
const mostEntries = 10;

/** Rejects where EventBridge did not take some of the events. */
export type PutEvents = (events: readonly BusEvent[]) => Promise<void>;

/** The account's default bus. Its client is loaded with the first events. */
export function eventBus(region?: string): PutEvents {
  let client: EventBridgeClient | undefined;
  return async (events) => {
    const { EventBridgeClient } = await import('@aws-sdk/client-eventbridge');
    client ??= new EventBridgeClient({
      requestHandler: timeLimits(),
      ...(region !== undefined && { region }),
    });
    await putEvents(client, events);
  };
}

async function putEvents(client: EventBridgeClient, events: readonly BusEvent[]): Promise<void> {
  const { PutEventsCommand } = await import('@aws-sdk/client-eventbridge');
  for (let from = 0; from < events.length; from += mostEntries) {
    const { FailedEntryCount = 0, Entries = [] } = await client.send(
      new PutEventsCommand({
        Entries: events.slice(from, from + mostEntries).map(({ source, type, detail }) => ({
          Source: source,
          DetailType: type,
          Detail: JSON.stringify(detail),
        })),
      }),
    );
    if (FailedEntryCount === 0) continue;
    const codes = Entries.flatMap(({ ErrorCode }) => ErrorCode ?? []);
    throw new Error(`${FailedEntryCount} events were not taken by EventBridge: ${codes.join(', ')}`);
  }
}
