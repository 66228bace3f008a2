import type { SQSRecord } from 'aws-lambda';
import type { Effects } from '../../shared/pipeline/effects.ts';
import { VISIBILITY_SECONDS, type WorkInProgress } from '../../shared/pipeline/image/heartbeat.ts';
import type { ReceivedMessage } from '../../shared/pipeline/ports.ts';
import type { CallSlots } from './call-slots.ts';

/** The parts of a message that an invocation uses. */
export type WorkRecord = Pick<SQSRecord, 'body' | 'receiptHandle'> & {
  readonly attributes: Pick<SQSRecord['attributes'], 'ApproximateReceiveCount' | 'MessageGroupId'>;
};

interface TopUpOptions {
  /** Received at once: as many as slots, at most 10. */
  readonly most: number;
  readonly slots: CallSlots;
  readonly work: WorkInProgress;
  /** False when no call may start any more. */
  readonly hasTime: () => boolean;
  /** Works on a message in its slot. Rejects if the message stays in the queue. */
  readonly handle: (record: WorkRecord, acquire: CallSlots['acquire']) => Promise<void>;
}

/** SQS's limit on one request. */
const MOST_RECEIVED = 10;
const WAIT_MS = 1_000;

/**
 * Refills slots from the queue, so that a straggler keeps only its own slot waiting. Ends when time or queue does, or
 * when a message has to wait: paused work is no reason to read the whole queue.
 */
export async function topUp(
  effects: Pick<Effects, 'workQueue' | 'clock' | 'log'>,
  options: TopUpOptions,
): Promise<void> {
  try {
    await fillFromQueue(effects, options);
  } catch (error) {
    effects.log.error('more work could not be received', error);
  }
}

async function fillFromQueue(
  { workQueue: queue, clock }: Pick<Effects, 'workQueue' | 'clock'>,
  { most, slots, work, hasTime, handle }: TopUpOptions,
): Promise<void> {
  const received: ReceivedMessage[] = [];
  const finished: string[] = [];
  const handling = new Set<Promise<void>>();
  let isOver = false;

  async function receive(): Promise<void> {
    const untilMs = clock.now() + VISIBILITY_SECONDS * 1_000;
    const messages = await queue.receive(
      Math.min(most, MOST_RECEIVED),
      WAIT_MS,
      undefined,
      VISIBILITY_SECONDS,
    );
    if (messages.length === 0) isOver = true;
    for (const { receipt } of messages) work.receipts.set(receipt, untilMs);
    received.push(...messages);
  }

  async function next(): Promise<ReceivedMessage | undefined> {
    while (!isOver && hasTime()) {
      const message = received.shift();
      if (message !== undefined) return message;
      await receive();
    }
    return undefined;
  }

  /** A slot first, then a message; the slot is free after the call, while the rest is recorded. */
  async function fillSlots(): Promise<void> {
    for (;;) {
      if (finished.length >= MOST_RECEIVED) await deleteFinished();
      const free = await slots.acquire();
      const message = await next().catch((error: unknown) => {
        free();
        throw error;
      });
      if (message === undefined) return free();
      const handled = handleIn(message, free).finally(() => handling.delete(handled));
      handling.add(handled);
    }
  }

  async function handleIn(message: ReceivedMessage, free: () => void): Promise<void> {
    try {
      await handle(recordOf(message), async () => free);
      finished.push(message.receipt);
    } catch {
      isOver = true;
    } finally {
      free();
    }
  }

  async function deleteFinished(): Promise<void> {
    const receipts = finished.splice(0);
    await queue.delete(receipts);
    for (const receipt of receipts) work.receipts.delete(receipt);
  }

  async function giveBack(): Promise<void> {
    const receipts = received.map(({ receipt }) => receipt);
    for (const receipt of receipts) work.receipts.delete(receipt);
    await queue.setVisibility(receipts, 0);
  }

  try {
    await fillSlots();
  } finally {
    await Promise.all(handling);
    await deleteFinished();
    await giveBack();
  }
}

function recordOf({ body, receipt, receives, group }: ReceivedMessage): WorkRecord {
  return {
    body,
    receiptHandle: receipt,
    attributes: {
      ApproximateReceiveCount: String(receives),
      ...(group !== undefined && { MessageGroupId: group }),
    },
  };
}
