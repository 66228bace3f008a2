import { randomUUID } from 'node:crypto';
import type { SQSEvent, SQSRecord } from 'aws-lambda';

/** Messages as Lambda hands them to a function, received so often. */
export function sqsEvent(bodies: readonly string[], receiveCount = 1): SQSEvent {
  return { Records: bodies.map((body) => sqsRecord(body, receiveCount)) };
}

export function sqsRecord(body: string, receiveCount = 1): SQSRecord {
  const id = randomUUID();
  return {
    messageId: id,
    receiptHandle: `receipt-${id}`,
    body,
    attributes: {
      ApproximateReceiveCount: String(receiveCount),
      SentTimestamp: '0',
      SenderId: 'tester',
      ApproximateFirstReceiveTimestamp: '0',
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:work',
    awsRegion: 'us-east-1',
  };
}
