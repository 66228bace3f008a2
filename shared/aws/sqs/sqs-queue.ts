import type { SQSClient } from '@aws-sdk/client-sqs';
import { ChangeMessageVisibilityBatchCommand, SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import pLimit from 'p-limit';
import type { OutgoingMessage, Queue } from '../../pipeline/ports.ts';
import type { Backoff } from '../backoff.ts';
import { waitBeforeRetry } from '../backoff.ts';
import { QueueError } from '../errors.ts';
import { entryBatches, messageBatches, mostBatchBytes } from './sqs-batches.ts';
import { deleteReceived, receiveMessages } from './sqs-receive.ts';

interface SqsQueueOptions {
  readonly client: SQSClient;
  readonly queueUrl: string;
  /** Sends `MessageGroupId` (fair queues), which not every emulator takes. */
  readonly fairQueues: boolean;
  readonly backoff: Backoff;
  /** Default: 25 s, the wait at the server included. */
  readonly receiveTimeoutMs?: number;
}

const batchesAtOnce = 8;
const mostTries = 6;
const longestDelaySeconds = 900;
const longestVisibilitySeconds = 43_200;

/** `Queue` on SQS. Throws `QueueError` if entries fail repeatedly or for good. */
export function sqsQueue(options: SqsQueueOptions): Queue {
  return {
    send: (messages) => sendAll(options, messages),
    receive: (...asked) => receiveMessages(options, ...asked),
    delete: (receipts) => deleteReceived(options, receipts),
    setVisibility: (receipts, seconds) => setVisibility(options, receipts, seconds),
  };
}

async function sendAll(options: SqsQueueOptions, messages: readonly OutgoingMessage[]): Promise<void> {
  messages.forEach(checkMessage);
  const limit = pLimit(batchesAtOnce);
  await Promise.all(
    messageBatches(messages).map((batch) =>
      limit(() => untilAllDone(options, batch, 'send', (entries) => sendBatch(options, entries))),
    ),
  );
}

function checkMessage({ body, delaySeconds = 0 }: OutgoingMessage): void {
  if (delaySeconds > longestDelaySeconds || delaySeconds < 0) {
    throw new RangeError(
      `message delay of ${delaySeconds} s is not possible, 0 to ${longestDelaySeconds} s is`,
    );
  }
  const bytes = Buffer.byteLength(body);
  if (bytes > mostBatchBytes) {
    throw new QueueError(`message of ${bytes} bytes is too large for a queue: ${mostBatchBytes} at most`);
  }
}

async function setVisibility(
  options: SqsQueueOptions,
  receipts: readonly string[],
  seconds: number,
): Promise<void> {
  if (seconds < 0 || seconds > longestVisibilitySeconds) {
    throw new RangeError(`visibility of ${seconds} s is not possible, 0 to ${longestVisibilitySeconds} s is`);
  }
  const limit = pLimit(batchesAtOnce);
  await Promise.all(
    entryBatches(receipts).map((batch) =>
      limit(() =>
        untilAllDone(options, batch, 'change the visibility of', (entries) =>
          changeVisibility(options, entries, Math.ceil(seconds)),
        ),
      ),
    ),
  );
}

interface FailedEntry {
  readonly index: number;
  readonly code: string;
  /** It will never succeed. */
  readonly final: boolean;
}

/** Retries the failed entries until none is left. */
async function untilAllDone<Entry>(
  options: SqsQueueOptions,
  entries: readonly Entry[],
  verb: string,
  call: (entries: readonly Entry[]) => Promise<readonly FailedEntry[]>,
): Promise<void> {
  let left = entries;
  for (let tries = 1; ; tries += 1) {
    const failed = await call(left);
    const [first] = failed;
    if (first === undefined) return;
    if (tries >= mostTries || failed.some(({ final }) => final)) {
      throw new QueueError(
        `could not ${verb} ${failed.length} messages of ${options.queueUrl} (${first.code}) after ${tries} tries`,
      );
    }
    const indexes = new Set(failed.map(({ index }) => index));
    left = left.filter((_, index) => indexes.has(index));
    await waitBeforeRetry(options.backoff, tries);
  }
}

async function sendBatch(
  options: SqsQueueOptions,
  messages: readonly OutgoingMessage[],
): Promise<readonly FailedEntry[]> {
  const answer = await options.client.send(
    new SendMessageBatchCommand({
      QueueUrl: options.queueUrl,
      Entries: messages.map(({ body, delaySeconds, group }, index) => ({
        Id: String(index),
        MessageBody: body,
        ...(delaySeconds ? { DelaySeconds: Math.ceil(delaySeconds) } : {}),
        ...(options.fairQueues && group !== undefined ? { MessageGroupId: group } : {}),
      })),
    }),
  );
  return (answer.Failed ?? []).map((entry) => ({
    index: Number(entry.Id),
    code: entry.Code ?? 'unknown',
    final: entry.SenderFault === true,
  }));
}

/** Ignores unknown receipts, which SQS calls the sender's fault. */
async function changeVisibility(
  options: SqsQueueOptions,
  receipts: readonly string[],
  seconds: number,
): Promise<readonly FailedEntry[]> {
  const answer = await options.client.send(
    new ChangeMessageVisibilityBatchCommand({
      QueueUrl: options.queueUrl,
      Entries: receipts.map((receipt, index) => ({
        Id: String(index),
        ReceiptHandle: receipt,
        VisibilityTimeout: seconds,
      })),
    }),
  );
  return (answer.Failed ?? [])
    .filter((entry) => entry.SenderFault !== true)
    .map((entry) => ({ index: Number(entry.Id), code: entry.Code ?? 'unknown', final: false }));
}
