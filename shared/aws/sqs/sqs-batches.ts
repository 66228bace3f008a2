/** SQS's limits: entries, and bytes of all bodies (1 MiB since August 2025). */
const mostEntries = 10;
export const mostBatchBytes = 1_048_576;

/** Cuts messages into SQS's batches, in order. Every body must fit by itself. */
export function messageBatches<Message extends { readonly body: string }>(
  messages: readonly Message[],
): Message[][] {
  const batches: Message[][] = [];
  let current: Message[] = [];
  let bytes = 0;
  for (const message of messages) {
    const ownBytes = Buffer.byteLength(message.body);
    if (current.length === mostEntries || (current.length > 0 && bytes + ownBytes > mostBatchBytes)) {
      batches.push(current);
      current = [];
      bytes = 0;
    }
    current.push(message);
    bytes += ownBytes;
  }
  return current.length > 0 ? [...batches, current] : batches;
}

/** By number only. */
export function entryBatches<Entry>(entries: readonly Entry[]): Entry[][] {
  return Array.from({ length: Math.ceil(entries.length / mostEntries) }, (_, index) =>
    entries.slice(index * mostEntries, (index + 1) * mostEntries),
  );
}
