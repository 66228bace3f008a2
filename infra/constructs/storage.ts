import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, type ITable, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { AnyPrincipal, Effect, type PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  BucketPolicy,
  CfnBucket,
  type IBucket,
  type LifecycleRule,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { StageSettings } from '../settings.ts';

export interface Storage {
  readonly bucket: Bucket | IBucket;
  /** Of the bucket: says who may touch what below which prefix. */
  readonly bucketPolicy: PolicyDocument;
  readonly table: Table | ITable;
  /** What encrypts both, if it is not AWS's own. */
  readonly encryptionKey: IKey | undefined;
}

/** Where files, images and the ledger are. Names are CloudFormation's, so that a kept one never stands in a new one's way. */
export function createStorage(parent: Construct, settings: StageSettings): Storage {
  const scope = new Construct(parent, 'Storage');
  const { existing, encryptionKey: arn } = settings;
  const encryptionKey = arn === undefined ? undefined : Key.fromKeyArn(scope, 'EncryptionKey', arn);
  const own = existing.bucket === undefined ? createBucket(scope, settings, encryptionKey) : undefined;
  const table =
    existing.table === undefined
      ? createTable(scope, settings, encryptionKey)
      : Table.fromTableName(scope, 'Table', existing.table);
  if (own !== undefined) return { bucket: own, bucketPolicy: policyOf(own), table, encryptionKey };
  const bucket = Bucket.fromBucketName(scope, 'Bucket', existing.bucket ?? '');
  return { bucket, bucketPolicy: takeOverPolicy(scope, bucket), table, encryptionKey };
}

/** Kept in every stage: what is in it was paid for. */
function createBucket(scope: Construct, settings: StageSettings, encryptionKey: IKey | undefined): Bucket {
  const bucket = new Bucket(scope, 'Bucket', {
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    ...(encryptionKey === undefined
      ? { encryption: BucketEncryption.S3_MANAGED }
      : { encryption: BucketEncryption.KMS, encryptionKey, bucketKeyEnabled: true }),
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

function policyOf({ policy }: Bucket): PolicyDocument {
  if (policy === undefined) throw new Error('a bucket that takes TLS alone has a policy');
  return policy.document;
}

/** A kept bucket's policy went with its stack, which named its roles. */
function takeOverPolicy(scope: Construct, bucket: IBucket): PolicyDocument {
  const { document } = new BucketPolicy(scope, 'BucketPolicy', { bucket });
  document.addStatements(
    new PolicyStatement({
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions: ['s3:*'],
      resources: [bucket.bucketArn, bucket.arnForObjects('*')],
      conditions: { Bool: { 'aws:SecureTransport': 'false' } },
    }),
  );
  return document;
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

function createTable(scope: Construct, { keepData }: StageSettings, encryptionKey: IKey | undefined): Table {
  return new Table(scope, 'Table', {
    partitionKey: { name: 'pk', type: AttributeType.STRING },
    sortKey: { name: 'sk', type: AttributeType.STRING },
    billingMode: BillingMode.PAY_PER_REQUEST,
    ...(encryptionKey === undefined
      ? { encryption: TableEncryption.DEFAULT }
      : { encryption: TableEncryption.CUSTOMER_MANAGED, encryptionKey }),
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    deletionProtection: keepData,
    removalPolicy: keepData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  });
}
