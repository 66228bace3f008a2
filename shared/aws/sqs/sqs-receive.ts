import {
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { ReceivedMessage } from '../../pipeline/ports.ts';
import { REQUEST_TIMEOUT_MS } from '../timeouts.ts';
import { entryBatches } from './sqs-batches.ts';

interface QueueOptions {
  readonly client: SQSClient;
  readonly queueUrl: string;
  /** Default: 25 s, the wait at the server included. */
  readonly receiveTimeoutMs?: number;
}

/** SQS's limits on one call. */
const mostReceived = 10;
const longestWaitSeconds = 20;
/** SQS responds after the wait. */
const LONGEST_RECEIVE_MS = longestWaitSeconds * 1_000 + REQUEST_TIMEOUT_MS;

/** Waits at the server, never interrupted: SQS may have given it a message, hidden for minutes. */
export async function receiveMessages(
  { client, queueUrl, receiveTimeoutMs = LONGEST_RECEIVE_MS }: QueueOptions,
  most: number,
  waitMs: number,
  signal?: AbortSignal,
  hiddenSeconds?: number,
): Promise<readonly ReceivedMessage[]> {
  if (signal?.aborted) return [];
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({
      QueueUrl: queueUrl,
      MaxNumberOfMessages: Math.min(most, mostReceived),
      WaitTimeSeconds: Math.min(Math.ceil(waitMs / 1_000), longestWaitSeconds),
      MessageSystemAttributeNames: ['All'],
      ...(hiddenSeconds !== undefined && { VisibilityTimeout: hiddenSeconds }),
    }),
    { requestTimeout: receiveTimeoutMs },
  );
  return Messages.map(receivedMessage);
}

function receivedMessage({ MessageId, ReceiptHandle, Body, Attributes = {} }: Message): ReceivedMessage {
  const { ApproximateReceiveCount = '1', SentTimestamp = '0', MessageGroupId: group } = Attributes;
  return {
    id: MessageId ?? '',
    receipt: ReceiptHandle ?? '',
    body: Body ?? '',
    receives: Number(ApproximateReceiveCount),
    sentAtMs: Number(SentTimestamp),
    ...(group === undefined ? {} : { group }),
  };
}

const mostTries = 3;

/** A message that can't be deleted comes again, harmlessly (I7). */
export async function deleteReceived(options: QueueOptions, receipts: readonly string[]): Promise<void> {
  for (const batch of entryBatches(receipts)) {
    let left: readonly string[] = batch;
    for (let tries = 1; left.length > 0 && tries <= mostTries; tries += 1) {
      left = await deleteOnce(options, left);
    }
  }
}

/** Returns failed entries, except unknown receipts. */
async function deleteOnce(
  { client, queueUrl }: QueueOptions,
  receipts: readonly string[],
): Promise<readonly string[]> {
  const { Failed = [] } = await client.send(
    new DeleteMessageBatchCommand({
      QueueUrl: queueUrl,
      Entries: receipts.map((receipt, index) => ({ Id: String(index), ReceiptHandle: receipt })),
    }),
  );
  const failed = new Set(
    Failed.filter(({ SenderFault }) => SenderFault !== true).map(({ Id }) => Number(Id)),
  );
  return receipts.filter((_, index) => failed.has(index));
}
