import type { Clock, OutgoingMessage, Queue, ReceivedMessage } from '../../../shared/pipeline/ports.ts';

interface MemoryQueueOptions {
  readonly clock: Pick<Clock, 'now'> & Partial<Clock>;
  /** In [0, 1): which of the visible messages comes next. A standard queue keeps no order. */
  readonly random: () => number;
  /** How long a received message stays hidden until the receiver says otherwise. */
  readonly visibilityMs: number;
  /** A message received more often than this goes to the dead letters. */
  readonly maxReceives: number;
  /** How many messages of one come a second time, by themselves, within two minutes. Default: none. */
  readonly duplicates?: number;
  /** Sees what is sent. */
  readonly onSend?: (bodies: readonly string[]) => void;
}

export interface MemoryQueue extends Queue {
  /** What `receive` gives, without a wait. */
  take(most: number): readonly ReceivedMessage[];
  /** What `delete` does. */
  remove(receipts: readonly string[]): void;
  /** Makes received messages come a second time although their receiver has them. */
  deliverAgain(deliveries: readonly ReceivedMessage[]): void;
  /** When the first message is visible; never where there is none. */
  nextVisibleAtMs(): number;
  /** Messages that are neither removed nor dead. */
  size(): number;
  /** All that ever went there. */
  deadLetters(): readonly ReceivedMessage[];
  /** Sends dead letters back to work, as a person does who has looked into them. */
  redrive(): void;
  /** The process that kept the queue in its memory has ended. */
  forgetAll(): void;
}

const LOOK_MS = 10;
const DUPLICATE_WITHIN_SECONDS = 120;
const LONGEST_DELAY_SECONDS = 900;
const LONGEST_VISIBILITY_SECONDS = 43_200;

interface Stored {
  readonly id: string;
  readonly body: string;
  readonly group: string | undefined;
  readonly sentAtMs: number;
  visibleAtMs: number;
  receives: number;
}

/** A standard SQS queue in memory, with its receiving side: at least once, in any order. Each call takes effect when made. */
export function memoryQueue(options: MemoryQueueOptions): MemoryQueue {
  const { clock, random, duplicates = 0, onSend } = options;
  const messages = new Map<string, Stored>();
  const dead: ReceivedMessage[] = [];
  let redriven = 0;
  let sent = 0;

  async function send(outgoing: readonly OutgoingMessage[]): Promise<void> {
    for (const { delaySeconds = 0 } of outgoing) checkSeconds('delay', delaySeconds, LONGEST_DELAY_SECONDS);
    onSend?.(outgoing.map(({ body }) => body));
    for (const message of outgoing) {
      put(message);
      if (duplicates === 0 || random() >= duplicates) continue;
      put({ ...message, delaySeconds: Math.floor(random() * DUPLICATE_WITHIN_SECONDS) });
    }
  }

  function put({ body, delaySeconds = 0, group }: OutgoingMessage): void {
    sent += 1;
    const id = `m${sent}`;
    messages.set(id, {
      id,
      body,
      group,
      sentAtMs: clock.now(),
      visibleAtMs: clock.now() + delaySeconds * 1000,
      receives: 0,
    });
  }

  function take(most: number, hiddenMs = options.visibilityMs): ReceivedMessage[] {
    const visible = [...messages.values()].filter(({ visibleAtMs }) => visibleAtMs <= clock.now());
    const received: ReceivedMessage[] = [];
    while (visible.length > 0 && received.length < most) {
      const [message] = visible.splice(Math.floor(random() * visible.length), 1);
      if (message === undefined) break;
      message.receives += 1;
      const delivery = deliveryOf(message);
      if (message.receives > options.maxReceives) {
        messages.delete(message.id);
        dead.push(delivery);
        continue;
      }
      message.visibleAtMs = clock.now() + hiddenMs;
      received.push(delivery);
    }
    return received;
  }

  function holding(receipt: string): Stored | undefined {
    const [id = '', receives] = receipt.split('/');
    const message = messages.get(id);
    return message?.receives === Number(receives) ? message : undefined;
  }

  function remove(receipts: readonly string[]): void {
    for (const receipt of receipts) messages.delete(holding(receipt)?.id ?? '');
  }

  return {
    send,
    take,
    receive: async (most, waitMs, signal, hiddenSeconds) => {
      const endsAtMs = clock.now() + waitMs;
      while (!signal?.aborted) {
        const taken = take(most, hiddenSeconds === undefined ? undefined : hiddenSeconds * 1_000);
        if (taken.length > 0 || clock.now() >= endsAtMs) return taken;
        await clock.sleep?.(LOOK_MS, signal);
      }
      return [];
    },
    delete: async (receipts) => remove(receipts),
    setVisibility: async (receipts, seconds) => {
      checkSeconds('visibility', seconds, LONGEST_VISIBILITY_SECONDS);
      for (const receipt of receipts) {
        const message = holding(receipt);
        if (message !== undefined) message.visibleAtMs = clock.now() + Math.ceil(seconds) * 1000;
      }
    },
    remove,
    deliverAgain: (deliveries) => {
      for (const { id } of deliveries) {
        const message = messages.get(id);
        if (message !== undefined) message.visibleAtMs = clock.now();
      }
    },
    nextVisibleAtMs: () => {
      let first = Number.POSITIVE_INFINITY;
      for (const { visibleAtMs } of messages.values()) if (visibleAtMs < first) first = visibleAtMs;
      return first;
    },
    size: () => messages.size,
    deadLetters: () => dead,
    redrive: () => {
      for (const { body, group } of dead.slice(redriven))
        put({ body, ...(group === undefined ? {} : { group }) });
      redriven = dead.length;
    },
    forgetAll: () => messages.clear(),
  };
}

function deliveryOf({ id, body, group, sentAtMs, receives }: Stored): ReceivedMessage {
  const receipt = `${id}/${receives}`;
  return { id, body, receipt, receives, sentAtMs, ...(group === undefined ? {} : { group }) };
}

function checkSeconds(what: string, seconds: number, most: number): void {
  if (seconds < 0 || seconds > most) {
    throw new RangeError(`${what} of ${seconds} s is not possible, 0 to ${most} s is`);
  }
}
