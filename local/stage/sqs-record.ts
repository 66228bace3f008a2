import type { SQSRecord } from 'aws-lambda';
import type { ReceivedMessage } from '../../shared/pipeline/ports.ts';

/** A message as Lambda hands it to a function. */
export function sqsRecord(message: ReceivedMessage, queueName: string): SQSRecord {
  const { id, receipt, body, group, receives, sentAtMs } = message;
  return {
    messageId: id,
    receiptHandle: receipt,
    body,
    attributes: {
      ApproximateReceiveCount: String(receives),
      SentTimestamp: String(sentAtMs),
      SenderId: '',
      ApproximateFirstReceiveTimestamp: String(sentAtMs),
      ...(group === undefined ? {} : { MessageGroupId: group }),
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    // For compatibility only.
    eventSourceARN: `arn:aws:sqs:us-east-1:000000000000:${queueName}`,
    awsRegion: 'us-east-1',
  };
}
