import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Storage } from './storage.ts';

/** What one function may do. Each of these is an action that its code calls, on the one resource it calls it on. */
export interface Grants {
  readonly table?: readonly TableAction[];
  /** Prefixes of keys; an empty one stands for every object. */
  readonly reads?: readonly string[];
  /** Puts, in parts as well. */
  readonly writes?: readonly string[];
  readonly sends?: readonly IQueue[];
  /** May let messages of the queue wait. */
  readonly delays?: readonly IQueue[];
  /** May look up the queue's address. */
  readonly finds?: readonly IQueue[];
  readonly putsEvents?: boolean;
}

type TableAction = 'GetItem' | 'Query' | 'PutItem' | 'UpdateItem' | 'DeleteItem' | 'ConditionCheckItem';

/** What DynamoDB and S3 ask of whoever reads and writes under a key of the account's own. */
const KEY_ACTIONS = ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey'] as const;

/** Gives a function's role its rights, by action, resource and prefix. */
export function grant(role: Role, storage: Storage, grants: Grants): void {
  const { table, encryptionKey } = storage;
  const allow = (actions: readonly string[], resources: readonly string[]) => {
    if (actions.length === 0 || resources.length === 0) return;
    role.addToPolicy(new PolicyStatement({ actions: [...actions], resources: [...resources] }));
  };
  const { reads = [], writes = [], sends = [], delays = [], finds = [] } = grants;
  allow(
    (grants.table ?? []).map((action) => `dynamodb:${action}`),
    [table.tableArn],
  );
  allow(['sqs:SendMessage'], sends.map(arnOf));
  allow(['sqs:ChangeMessageVisibility'], delays.map(arnOf));
  allow(['sqs:GetQueueUrl'], finds.map(arnOf));
  if (grants.putsEvents) allow(['events:PutEvents'], [defaultBus(role)]);
  if (encryptionKey !== undefined) allow(KEY_ACTIONS, [encryptionKey.keyArn]);
  grantObjects(role, storage, reads, writes);
}

/**
 * Rights on objects stand in the bucket's own policy, so that one document says who may touch what below which prefix.
 * `ListBucket` makes S3 answer 404 for an object that is not there; without it the answer is 403.
 */
function grantObjects(
  role: Role,
  { bucket, bucketPolicy }: Storage,
  reads: readonly string[],
  writes: readonly string[],
): void {
  const allow = (actions: readonly string[], resources: readonly string[]) => {
    if (resources.length === 0) return;
    bucketPolicy.addStatements(
      new PolicyStatement({ principals: [role], actions: [...actions], resources: [...resources] }),
    );
  };
  const below = (prefix: string) => bucket.arnForObjects(`${prefix}*`);
  if (reads.length > 0) allow(['s3:ListBucket'], [bucket.bucketArn]);
  allow(['s3:GetObject'], reads.map(below));
  allow(['s3:PutObject', 's3:AbortMultipartUpload'], writes.map(below));
}

function defaultBus(role: Role): string {
  return Stack.of(role).formatArn({ service: 'events', resource: 'event-bus', resourceName: 'default' });
}

function arnOf(queue: IQueue): string {
  return queue.queueArn;
}
