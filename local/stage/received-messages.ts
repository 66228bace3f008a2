import { DeleteMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { mostEntries } from '../../shared/aws/sqs/sqs-batches.ts';
import { sqsQueue } from '../../shared/aws/sqs/sqs-queue.ts';
import type { Clock, Log } from '../../shared/pipeline/ports.ts';

interface QueueOptions {
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** Makes messages that were received and not begun on visible to others at once. */
export async function giveBack(options: QueueOptions, records: readonly SQSRecord[]): Promise<void> {
  const queue = sqsQueue({
    client: options.sqs,
    queueUrl: options.queueUrl,
    fairQueues: false,
    backoff: { random: Math.random, sleep: (ms) => options.clock.sleep(ms) },
  });
  await queue.setVisibility(
    records.map(({ receiptHandle }) => receiptHandle),
    0,
  );
}

const mostTries = 3;

/** Deletes messages that were dealt with. One that cannot be deleted comes again, which changes nothing (I7). */
export async function deleteMessages(options: QueueOptions, records: readonly SQSRecord[]): Promise<void> {
  for (let from = 0; from < records.length; from += mostEntries) {
    let left = records.slice(from, from + mostEntries);
    for (let tries = 1; left.length > 0 && tries <= mostTries; tries += 1) {
      left = await deleteOnce(options, left);
    }
    if (left.length > 0) {
      options.log.warn('messages could not be deleted; they come again', {
        queue: options.queueUrl,
        messages: left.length,
      });
    }
  }
}

/** Gives back those that failed. */
async function deleteOnce(options: QueueOptions, records: readonly SQSRecord[]): Promise<SQSRecord[]> {
  const { Failed = [] } = await options.sqs.send(
    new DeleteMessageBatchCommand({
      QueueUrl: options.queueUrl,
      Entries: records.map(({ receiptHandle }, index) => ({
        Id: String(index),
        ReceiptHandle: receiptHandle,
      })),
    }),
  );
  const failed = new Set(Failed.map(({ Id }) => Number(Id)));
  return records.filter((_, index) => failed.has(index));
}
