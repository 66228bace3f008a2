import {
  CreateTableCommand,
  DescribeTableCommand,
  ResourceInUseException,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import {
  BucketLocationConstraint,
  CreateBucketCommand,
  HeadBucketCommand,
  NotFound,
} from '@aws-sdk/client-s3';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import type { StageNames } from '../names.ts';
import { VISIBILITY_SECONDS } from '../pipeline/image/heartbeat.ts';
import type { AwsClients } from './clients.ts';

export interface QueueAddress {
  readonly url: string;
  readonly arn: string;
}

export interface StageQueues {
  readonly work: QueueAddress;
  readonly workDead: QueueAddress;
  readonly ingest: QueueAddress;
  readonly ingestDead: QueueAddress;
}

/** Longer than an ingest invocation, which does not renew. */
const ingestVisibilitySeconds = 900;

const deadRetentionSeconds = 14 * 86_400;
const mostReceives = 10;

/** Makes the table if missing, and waits until it takes writes. */
export async function createTable({ dynamo }: Pick<AwsClients, 'dynamo'>, tableName: string): Promise<void> {
  try {
    await dynamo.send(
      new CreateTableCommand({
        TableName: tableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'sk', AttributeType: 'S' },
        ],
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
      }),
    );
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
  }
  const { Table } = await dynamo.send(new DescribeTableCommand({ TableName: tableName }));
  if (Table?.TableStatus === 'ACTIVE') return;
  await waitUntilTableExists({ client: dynamo, maxWaitTime: 120, minDelay: 1 }, { TableName: tableName });
}

/** Makes work and ingest queues with dead-letter queues, or updates their settings. */
export async function createStageQueues(
  clients: Pick<AwsClients, 'sqs'>,
  names: Pick<StageNames, 'workQueue' | 'workDeadQueue' | 'ingestQueue' | 'ingestDeadQueue'>,
): Promise<StageQueues> {
  const dead = { MessageRetentionPeriod: String(deadRetentionSeconds) };
  const [workDead, ingestDead] = await Promise.all([
    createQueue(clients, names.workDeadQueue, dead),
    createQueue(clients, names.ingestDeadQueue, dead),
  ]);
  const [work, ingest] = await Promise.all([
    createQueue(clients, names.workQueue, mainQueue(VISIBILITY_SECONDS, workDead.arn)),
    createQueue(clients, names.ingestQueue, mainQueue(ingestVisibilitySeconds, ingestDead.arn)),
  ]);
  return { work, workDead, ingest, ingestDead };
}

function mainQueue(visibilitySeconds: number, deadArn: string): Record<string, string> {
  return {
    VisibilityTimeout: String(visibilitySeconds),
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: deadArn, maxReceiveCount: mostReceives }),
  };
}

/** Settings go in a second call: SQS refuses to recreate a queue with other ones. */
export async function createQueue(
  { sqs }: Pick<AwsClients, 'sqs'>,
  name: string,
  attributes: Readonly<Record<string, string>>,
): Promise<QueueAddress> {
  const { QueueUrl: url } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  if (url === undefined) throw new Error(`the server made queue ${name} but gave no address for it`);
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes: { ...attributes } }));
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] }),
  );
  const arn = Attributes?.QueueArn;
  if (arn === undefined) throw new Error(`the server gave no ARN for queue ${name}`);
  return { url, arn };
}

/** Makes the bucket in the client's region, unless it is there and ours. */
export async function createBucket({ s3 }: Pick<AwsClients, 's3'>, bucket: string): Promise<void> {
  try {
    await s3.send(new HeadBucketCommand({ Bucket: bucket }));
    return;
  } catch (error) {
    if (!(error instanceof NotFound)) throw error;
  }
  const region = await s3.config.region();
  // S3 takes no constraint for its first region, and requires one for all others.
  const location = Object.values(BucketLocationConstraint).find((known) => known === region);
  const place = location ? { CreateBucketConfiguration: { LocationConstraint: location } } : {};
  await s3.send(new CreateBucketCommand({ Bucket: bucket, ...place }));
}
