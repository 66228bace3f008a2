import type { Clock, OutgoingMessage, Queue, ReceivedMessage } from '../../shared/pipeline/ports.ts';

interface LongQueue extends Queue {
  /** Messages that somebody has, or that wait hidden. */
  inFlight(): number;
  waiting(): number;
}

/** AWS's limit on a standard queue: beyond it, a receive gives nothing. */
export const MOST_IN_FLIGHT = 120_000;
const LOOK_MS = 100;

/** A queue for very many messages, whose receivers don't die: what they neither delete nor give back stays theirs. */
export function longQueue(clock: Clock): LongQueue {
  const waiting: string[] = [];
  let first = 0;
  const held = new Map<string, { readonly body: string; untilMs: number }>();
  let receipts = 0;

  function take(most: number): ReceivedMessage[] {
    const room = Math.min(most, MOST_IN_FLIGHT - held.size);
    const taken = waiting.slice(first, first + room);
    first += taken.length;
    return taken.map((body) => {
      receipts += 1;
      const receipt = String(receipts);
      held.set(receipt, { body, untilMs: Number.POSITIVE_INFINITY });
      return { id: receipt, body, receipt, receives: 1, sentAtMs: clock.now() };
    });
  }

  async function hide(receipt: string, ms: number): Promise<void> {
    const message = held.get(receipt);
    if (message === undefined) return;
    message.untilMs = clock.now() + ms;
    if (ms > 0) await clock.sleep(ms);
    if (message.untilMs <= clock.now() && held.delete(receipt)) waiting.push(message.body);
  }

  return {
    send: async (messages: readonly OutgoingMessage[]) => {
      waiting.push(...messages.map(({ body }) => body));
    },
    receive: async (most, waitMs, signal) => {
      const endsAtMs = clock.now() + waitMs;
      for (;;) {
        const taken = take(most);
        if (taken.length > 0 || clock.now() >= endsAtMs || signal?.aborted) return taken;
        await clock.sleep(LOOK_MS, signal);
      }
    },
    delete: async (given) => {
      for (const receipt of given) held.delete(receipt);
    },
    setVisibility: async (given, seconds) => {
      for (const receipt of given) void hide(receipt, seconds * 1_000);
    },
    inFlight: () => held.size,
    waiting: () => waiting.length - first,
  };
}
