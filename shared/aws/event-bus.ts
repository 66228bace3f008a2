import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { timeLimits } from './timeouts.ts';

export interface BusEvent {
  readonly source: string;
  readonly type: string;
  readonly detail: Readonly<Record<string, string | number>>;
}

/** EventBridge's limit on one call. */
const mostEntries = 10;

/** The account's default event bus. */
export function eventBus(region?: string): (events: readonly BusEvent[]) => Promise<void> {
  const client = new EventBridgeClient({
    requestHandler: timeLimits(),
    ...(region !== undefined && { region }),
  });
  return async (events) => await putEvents(client, events);
}

/** Puts events on the account's default bus. Throws where EventBridge did not take some of them. */
export async function putEvents(
  client: Pick<EventBridgeClient, 'send'>,
  events: readonly BusEvent[],
): Promise<void> {
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
