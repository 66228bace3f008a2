import { Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import type { Queues } from './queues.ts';
import type { Storage } from './storage.ts';

/** Sends the event of each new object under `uploads/`, and of no other, to the ingest queue. */
export function announceUploads(
  parent: Construct,
  bucket: Storage['bucket'],
  { ingest, dead }: Queues,
): void {
  const scope = new Construct(parent, 'Uploads');
  new Rule(scope, 'Rule', {
    description: 'new files of prompts, to the ingest queue',
    eventPattern: {
      source: ['aws.s3'],
      detailType: ['Object Created'],
      detail: { bucket: { name: [bucket.bucketName] }, object: { key: [{ prefix: 'uploads/' }] } },
    },
    targets: [new SqsQueue(ingest, { deadLetterQueue: dead.events })],
  });
}
