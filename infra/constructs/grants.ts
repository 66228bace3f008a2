import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { Storage } from './storage.ts';

/** What a function or a person may do. Each of these is an action that code calls, on the one resource it calls it on. */
export interface Grants {
  readonly table?: readonly TableAction[];
  /** Prefixes of keys; an empty one stands for every object. */
  readonly reads?: readonly string[];
  /** Puts, in parts as well. */
  readonly writes?: readonly string[];
  readonly deletes?: readonly string[];
  readonly sends?: readonly IQueue[];
  /** May take messages from the queue for good. */
  readonly receives?: readonly IQueue[];
  /** May let messages of the queue wait. */
  readonly delays?: readonly IQueue[];
  /** May look up the queue's address. */
  readonly finds?: readonly IQueue[];
  /** May count the queue's messages. */
  readonly counts?: readonly IQueue[];
  readonly putsEvents?: boolean;
}

type TableAction = 'GetItem' | 'Query' | 'PutItem' | 'UpdateItem' | 'DeleteItem' | 'ConditionCheckItem';

interface Allowed {
  readonly actions: string[];
  readonly resources: string[];
}

/** What DynamoDB and S3 ask of whoever reads and writes under a key of the account's own. */
const KEY_ACTIONS = ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey'];

/** Grants a role's rights by action, resource and prefix. Rights on objects are in the bucket's policy: one document for all. */
export function grant(role: Role, storage: Storage, grants: Grants): void {
  for (const allowed of besidesObjects(role, storage, grants)) role.addToPolicy(new PolicyStatement(allowed));
  for (const allowed of onObjects(storage, grants)) {
    storage.bucketPolicy.addStatements(new PolicyStatement({ ...allowed, principals: [role] }));
  }
}

/** The same rights as statements of a policy that people and machines are given. */
export function statementsFor(scope: Construct, storage: Storage, grants: Grants): PolicyStatement[] {
  const all = [...besidesObjects(scope, storage, grants), ...onObjects(storage, grants)];
  return all.map((allowed) => new PolicyStatement(allowed));
}

function besidesObjects(scope: Construct, { table, encryptionKey }: Storage, grants: Grants): Allowed[] {
  const { sends = [], receives = [], delays = [], finds = [], counts = [] } = grants;
  return [
    { actions: (grants.table ?? []).map((action) => `dynamodb:${action}`), resources: [table.tableArn] },
    { actions: ['sqs:SendMessage'], resources: sends.map(arnOf) },
    { actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage'], resources: receives.map(arnOf) },
    { actions: ['sqs:ChangeMessageVisibility'], resources: delays.map(arnOf) },
    { actions: ['sqs:GetQueueUrl'], resources: finds.map(arnOf) },
    { actions: ['sqs:GetQueueAttributes'], resources: counts.map(arnOf) },
    { actions: ['events:PutEvents'], resources: grants.putsEvents ? [defaultBus(scope)] : [] },
    { actions: KEY_ACTIONS, resources: encryptionKey === undefined ? [] : [encryptionKey.keyArn] },
  ].filter(isSome);
}

/** `ListBucket` makes S3 answer 404 for an object that is not there; without it the answer is 403. */
function onObjects({ bucket }: Storage, { reads = [], writes = [], deletes = [] }: Grants): Allowed[] {
  const below = (prefix: string) => bucket.arnForObjects(`${prefix}*`);
  return [
    { actions: ['s3:ListBucket'], resources: reads.length > 0 ? [bucket.bucketArn] : [] },
    { actions: ['s3:GetObject'], resources: reads.map(below) },
    { actions: ['s3:PutObject', 's3:AbortMultipartUpload'], resources: writes.map(below) },
    { actions: ['s3:DeleteObject'], resources: deletes.map(below) },
  ].filter(isSome);
}

function isSome({ actions, resources }: Allowed): boolean {
  return actions.length > 0 && resources.length > 0;
}

function defaultBus(scope: Construct): string {
  return Stack.of(scope).formatArn({ service: 'events', resource: 'event-bus', resourceName: 'default' });
}

function arnOf(queue: IQueue): string {
  return queue.queueArn;
}
