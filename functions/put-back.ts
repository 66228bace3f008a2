import type { Queue } from '../shared/pipeline/ports.ts';
import type { WorkRecord } from './generate/top-up.ts';

/** Leaves a message in the queue. An expected outcome. */
export class MessageStays extends Error {
  override name = 'MessageStays';
}

const LONGEST_WAIT_SECONDS = 43_200;
const LONGEST_DELAY_SECONDS = 900;
/** Queues move messages to the dead letters after 10 receives, which are for crashes. */
const RECEIVES_BEFORE_A_FRESH_COPY = 8;

/**
 * Hides a message for the wait, or replaces one that waited often, so that waiting never ends in the dead-letter queue (I8).
 * Throws `MessageStays` if the message itself is to stay.
 */
export async function putBack(queue: Queue, record: WorkRecord, waitMs: number): Promise<void> {
  const seconds = Math.ceil(waitMs / 1000);
  if (Number(record.attributes.ApproximateReceiveCount) >= RECEIVES_BEFORE_A_FRESH_COPY) {
    await sendCopy(queue, record, seconds);
    return;
  }
  await queue.setVisibility([record.receiptHandle], Math.min(LONGEST_WAIT_SECONDS, seconds));
  throw new MessageStays(`waits ${seconds} s`);
}

/** A fresh message with all its receives; delete the old one. */
export async function sendCopy(
  queue: Queue,
  { body, attributes }: Pick<WorkRecord, 'body' | 'attributes'>,
  seconds: number,
): Promise<void> {
  const { MessageGroupId: group } = attributes;
  const delaySeconds = Math.min(LONGEST_DELAY_SECONDS, seconds);
  await queue.send([{ body, delaySeconds, ...(group === undefined ? {} : { group }) }]);
}
