import { GetQueueAttributesCommand, type QueueAttributeName, type SQSClient } from '@aws-sdk/client-sqs';

interface QueueDepth {
  /** Messages that may be received, and those that will be after their delay. */
  readonly waiting: number;
  /** Messages that a worker has, or that wait hidden. */
  readonly inProgress: number;
}

/** About how many messages a queue has: SQS's own counts. */
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

/** The address of another queue of the same account and region. */
export function besideQueue(queueUrl: string, name: string): string {
  return `${queueUrl.slice(0, queueUrl.lastIndexOf('/'))}/${name}`;
}
