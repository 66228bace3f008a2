import { describe, expect, test } from 'vitest';
import { type StackTemplate, templateOf } from './support/stack.ts';

const dev = templateOf('dev');
const prod = templateOf('prod');

describe('what a destroyed stage leaves', () => {
  test('is the bucket in every stage, and the table as well in production', () => {
    const policies = (template: StackTemplate, type: string) =>
      template.ofType(type).map(({ DeletionPolicy }) => DeletionPolicy);

    expect(policies(dev, 'AWS::S3::Bucket')).toEqual(['Retain']);
    expect(policies(dev, 'AWS::DynamoDB::Table')).toEqual(['Delete']);
    expect(policies(prod, 'AWS::S3::Bucket')).toEqual(['Retain']);
    expect(policies(prod, 'AWS::DynamoDB::Table')).toEqual(['Retain']);
  });
});

describe('two stages in one account', () => {
  test('share no name: every name that is not CloudFormation’s has the stage in it', () => {
    const names = (template: StackTemplate) =>
      [...template.resources.values()].flatMap(({ Properties = {} }) =>
        ['QueueName', 'FunctionName', 'TableName', 'BucketName', 'LogGroupName', 'AlarmName', 'DashboardName']
          .concat(['Name', 'RoleName', 'TopicName'])
          .map((field) => Properties[field])
          .filter((name) => typeof name === 'string'),
      );

    expect(names(dev).length).toBeGreaterThan(20);
    expect(names(dev).filter((name) => names(prod).includes(name))).toEqual([]);
    expect(names(prod).filter((name) => !name.includes('prod'))).toEqual([]);
  });
});

describe('logical ids of what holds data', () => {
  test('stay, so that no refactoring replaces the table or the bucket unseen', () => {
    const stateful = [
      'AWS::S3::Bucket',
      'AWS::DynamoDB::Table',
      'AWS::SQS::Queue',
      'AWS::SecretsManager::Secret',
    ];
    const ids = stateful.flatMap((type) => prod.ofType(type).map(({ id }) => `${type} ${id}`));

    expect(ids).toMatchInlineSnapshot(`
      [
        "AWS::S3::Bucket StorageBucket5CB7C8EA",
        "AWS::DynamoDB::Table StorageTableB43FDCE7",
        "AWS::SQS::Queue QueuesDeadIngestF54DA99F",
        "AWS::SQS::Queue QueuesDeadWorkE01AF3DA",
        "AWS::SQS::Queue QueuesDeadEventsABA6DB61",
        "AWS::SQS::Queue QueuesIngest03326846",
        "AWS::SQS::Queue QueuesWork4F2460A8",
        "AWS::SecretsManager::Secret ProviderKeyA6B56E02",
      ]
    `);
  });
});
