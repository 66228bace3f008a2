import { GetQueueAttributesCommand, type QueueAttributeName, type SQSClient } from '@aws-sdk/client-sqs';

interface QueueDepth {
  /** Receivable messages, with delayed ones. */
  readonly waiting: number;
  /** Messages with a worker, or hidden. */
  readonly inProgress: number;
}

/** SQS's approximate counts. */
export async function queueDepth(sqs: SQSClient, QueueUrl: string): Promise<QueueDepth> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl,
      AttributeNames: [
        'ApproximateNumberOfMessages',
        'ApproximateNumberOfMessagesDelayed',
        'ApproximateNumberOfMessagesNotVisible',
      ],
    }),
  );
  const count = (name: QueueAttributeName) => Number(Attributes[name] ?? 0);
  return {
    waiting: count('ApproximateNumberOfMessages') + count('ApproximateNumberOfMessagesDelayed'),
    inProgress: count('ApproximateNumberOfMessagesNotVisible'),
  };
}

/** Another queue of the same account and region. */
export function besideQueue(queueUrl: string, name: string): string {
  return `${queueUrl.slice(0, queueUrl.lastIndexOf('/'))}/${name}`;
}
