import type { SQSRecord } from 'aws-lambda';
import type { LimitFunction } from 'p-limit';
import { VISIBILITY_SECONDS, type WorkInProgress } from '../../shared/pipeline/image/heartbeat.ts';
import type { Queue, ReceivedMessage } from '../../shared/pipeline/ports.ts';

/** What of a message an invocation works with, whoever received it. */
export type WorkRecord = Pick<SQSRecord, 'body' | 'receiptHandle'> & {
  readonly attributes: Pick<SQSRecord['attributes'], 'ApproximateReceiveCount' | 'MessageGroupId'>;
};

interface TopUpOptions {
  readonly queue: Queue;
  readonly slots: number;
  readonly limit: LimitFunction;
  readonly work: WorkInProgress;
  /** False as soon as no call may begin any more. */
  readonly hasTime: () => boolean;
  /** Rejects where a message stays in the queue: it waits, or it failed. */
  readonly handle: (record: WorkRecord) => Promise<void>;
}

/** SQS's limit on one request. */
const MOST_RECEIVED = 10;
const WAIT_MS = 1_000;

/**
 * Fills slots whose calls have ended from the queue, so that an invocation, which is paid by the time, makes use of all of it: a
 * straggler then keeps one slot waiting, not all. Ends when there is no time, when the queue has nothing, or when a message has
 * to wait: what is paused or paced is no reason to go through the whole queue.
 */
export async function topUp({ queue, slots, limit, work, hasTime, handle }: TopUpOptions): Promise<void> {
  const received: ReceivedMessage[] = [];
  const finished: string[] = [];
  let receiving: Promise<void> | undefined;
  let isOver = false;

  async function receive(): Promise<void> {
    const messages = await queue.receive(Math.min(slots, MOST_RECEIVED), WAIT_MS);
    if (messages.length === 0) isOver = true;
    const receipts = messages.map(({ receipt }) => receipt);
    for (const receipt of receipts) work.receipts.add(receipt);
    if (receipts.length > 0) await queue.setVisibility(receipts, VISIBILITY_SECONDS);
    received.push(...messages);
  }

  async function next(): Promise<ReceivedMessage | undefined> {
    while (!isOver && hasTime()) {
      const message = received.shift();
      if (message !== undefined) return message;
      receiving ??= receive().finally(() => {
        receiving = undefined;
      });
      await receiving;
    }
    return undefined;
  }

  async function fillSlot(): Promise<void> {
    for (let message = await next(); message !== undefined; message = await next()) {
      const { receipt } = message;
      try {
        await handle(recordOf(message));
        finished.push(receipt);
      } catch {
        isOver = true;
      }
      if (finished.length >= MOST_RECEIVED) await deleteFinished();
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

  await Promise.all(Array.from({ length: slots }, () => limit(fillSlot)));
  await deleteFinished();
  await giveBack();
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
