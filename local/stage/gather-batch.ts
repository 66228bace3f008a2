import { type Message, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import type { Clock, Log } from '../../shared/pipeline/ports.ts';

/** How messages are received from one queue. */
export interface GatherOptions {
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  /** Default: told from the address. */
  readonly queueArn?: string;
  /** At most so many messages an invocation. */
  readonly batchSize: number;
  /** How long to wait for a full batch once its first message is there. */
  readonly windowMs: number;
  /** How long one call waits for a first message, 1 (the default) to 20; a stop waits as long. */
  readonly pollSeconds?: number;
  /**
   * A stop breaks off a call that waits. Only where the queue ends with this process: the server may still give that call
   * a message, which nobody would then see until its visibility ends.
   */
  readonly breaksOffPolls?: boolean;
  readonly clock: Clock;
  readonly log: Log;
}

/** SQS's limits on one call. */
const mostReceived = 10;
const longestWaitSeconds = 20;
/** How long a stop may have to wait for a call, too. */
const defaultWaitSeconds = 1;

/** Within a batching window calls do not wait at the server, so that one more message does not hold up those there are. */
const pauseMs = 100;

/**
 * Waits for a first message, then for a full batch until the window ends. Gives what there is when the signal is aborted,
 * and nothing where nothing came. Once it has messages it does not throw.
 */
export async function gatherBatch(
  options: GatherOptions,
  signal: AbortSignal,
): Promise<readonly SQSRecord[]> {
  const pollSeconds = Math.min(options.pollSeconds ?? defaultWaitSeconds, longestWaitSeconds);
  const records = await receive(options, signal, options.batchSize, pollSeconds);
  const endsAtMs = options.clock.now() + options.windowMs;
  while (records.length > 0 && records.length < options.batchSize && !signal.aborted) {
    const more = await receiveMore(options, signal, options.batchSize - records.length);
    records.push(...more);
    if (more.length > 0) continue;
    // Without a window, or after its end, a batch still takes what is there, until a call comes back empty.
    const leftMs = endsAtMs - options.clock.now();
    if (leftMs <= 0) break;
    await options.clock.sleep(Math.min(pauseMs, leftMs), signal);
  }
  return records;
}

async function receive(
  options: GatherOptions,
  signal: AbortSignal,
  wanted: number,
  waitSeconds: number,
): Promise<SQSRecord[]> {
  try {
    const { Messages = [] } = await options.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: options.queueUrl,
        MaxNumberOfMessages: Math.min(wanted, mostReceived),
        WaitTimeSeconds: waitSeconds,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      }),
      options.breaksOffPolls ? { abortSignal: signal } : {},
    );
    return Messages.map((message) => sqsRecord(message, queueArnOf(options)));
  } catch (error) {
    if (signal.aborted) return [];
    throw error;
  }
}

/** A fault here must not lose what was received before it; the next batch meets the same fault and reports it. */
async function receiveMore(
  options: GatherOptions,
  signal: AbortSignal,
  wanted: number,
): Promise<SQSRecord[]> {
  try {
    return await receive(options, signal, wanted, 0);
  } catch (error) {
    options.log.error('a batch goes on without all its messages', error, { queue: options.queueUrl });
    return [];
  }
}

/** From an address like `https://sqs.eu-west-1.amazonaws.com/123456789012/name`, where no ARN was given. */
function queueArnOf({ queueArn, queueUrl }: GatherOptions): string {
  if (queueArn !== undefined) return queueArn;
  const { hostname, pathname } = new URL(queueUrl);
  const region = /^sqs\.([a-z0-9-]+)\./.exec(hostname)?.[1] ?? 'us-east-1';
  return `arn:aws:sqs:${region}${pathname.replaceAll('/', ':')}`;
}

function sqsRecord(message: Message, queueArn: string): SQSRecord {
  const attributes = message.Attributes ?? {};
  return {
    messageId: message.MessageId ?? '',
    receiptHandle: message.ReceiptHandle ?? '',
    body: message.Body ?? '',
    attributes: {
      ...attributes,
      ApproximateReceiveCount: attributes.ApproximateReceiveCount ?? '1',
      SentTimestamp: attributes.SentTimestamp ?? '0',
      SenderId: attributes.SenderId ?? '',
      ApproximateFirstReceiveTimestamp: attributes.ApproximateFirstReceiveTimestamp ?? '0',
    },
    messageAttributes: Object.fromEntries(
      Object.entries(message.MessageAttributes ?? {}).map(([name, value]) => [
        name,
        { dataType: value.DataType ?? 'String', stringValue: value.StringValue },
      ]),
    ),
    md5OfBody: message.MD5OfBody ?? '',
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: queueArn.split(':')[3] ?? '',
  };
}
