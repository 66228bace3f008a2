// A stage in an app of your own, beside a queue of yours that gets word of each finished batch.
// npm install pressrun aws-cdk aws-cdk-lib constructs && npx cdk deploy
import { App, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Pressrun } from 'pressrun/cdk';

const app = new App();
const stack = new Stack(app, 'Campaigns', { terminationProtection: true });

const key = new Key(stack, 'Key', { enableKeyRotation: true });
const { bucket } = new Pressrun(stack, 'Pressrun', {
  stage: 'campaigns',
  itemsAtOnce: 50,
  invocationsAtOnce: 4,
  logRetentionDays: 365,
  encryptionKey: key.keyArn,
  tags: { team: 'marketing' },
});

const finished = new Queue(stack, 'Finished', { enforceSSL: true, retentionPeriod: Duration.days(14) });
new Rule(stack, 'WhenFinished', {
  eventPattern: { source: ['pressrun'], detailType: ['BatchCompleted'], detail: { stage: ['campaigns'] } },
  targets: [new SqsQueue(finished)],
});

new CfnOutput(stack, 'Images', { value: `s3://${bucket.bucketName}/images/` });
