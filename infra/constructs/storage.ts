import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  CfnBucket,
  type LifecycleRule,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { StageSettings } from '../settings.ts';

export interface Storage {
  readonly bucket: Bucket;
  readonly table: Table;
}

/** Where files, images and the ledger are. Names are CloudFormation's, so that a kept one never stands in a new one's way. */
export function createStorage(parent: Construct, settings: StageSettings): Storage {
  const scope = new Construct(parent, 'Storage');
  return { bucket: createBucket(scope, settings), table: createTable(scope, settings) };
}

/** Kept in every stage: what is in it was paid for. */
function createBucket(scope: Construct, settings: StageSettings): Bucket {
  const bucket = new Bucket(scope, 'Bucket', {
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    encryption: BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    versioned: true,
    lifecycleRules: lifecycleRules(settings),
    removalPolicy: RemovalPolicy.RETAIN,
  });
  // Not `eventBridgeEnabled`: that brings a function of CDK's own with rights on every bucket of the account.
  const { defaultChild } = bucket.node;
  if (!(defaultChild instanceof CfnBucket)) throw new Error('a bucket has a CfnBucket');
  defaultChild.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
  return bucket;
}

function lifecycleRules(settings: StageSettings): LifecycleRule[] {
  return [
    { id: 'incomplete-uploads', abortIncompleteMultipartUploadAfter: Duration.days(1) },
    {
      id: 'quarantine',
      prefix: 'quarantine/',
      expiration: Duration.days(settings.quarantineDays),
      noncurrentVersionExpiration: Duration.days(1),
    },
    { id: 'reports', prefix: 'reports/asked/', expiration: Duration.days(30) },
    { id: 'old-versions', noncurrentVersionExpiration: Duration.days(settings.oldVersionDays) },
  ];
}

function createTable(scope: Construct, { keepData }: StageSettings): Table {
  return new Table(scope, 'Table', {
    partitionKey: { name: 'pk', type: AttributeType.STRING },
    sortKey: { name: 'sk', type: AttributeType.STRING },
    billingMode: BillingMode.PAY_PER_REQUEST,
    encryption: TableEncryption.DEFAULT,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    deletionProtection: keepData,
    removalPolicy: keepData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  });
}
