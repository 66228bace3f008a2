import { describe, expect, test } from 'vitest';
import { FUNCTION_NAMES } from '../../infra/bundling/bundle-functions.ts';
import { grantsOf } from './support/policies.ts';
import { refersTo, type StackTemplate, templateOf, WHOLE } from './support/stack.ts';

const dev = templateOf('dev');
const whole = templateOf('dev', WHOLE);
const prod = templateOf('prod');

describe.each([
  ['dev', dev],
  ['dev with all settings on', whole],
  ['prod', prod],
])('a destroyed stage (%s)', (_, template) => {
  test('keeps what its output names, and nothing else', () => {
    const kept = [...template.resources].filter(([, { DeletionPolicy }]) => DeletionPolicy === 'Retain');
    const said = template.outputs.KeptWhenDestroyed?.Value;

    expect(kept.map(([, { Type }]) => Type).sort()).toEqual(
      template === prod ? ['AWS::DynamoDB::Table', 'AWS::S3::Bucket'] : ['AWS::S3::Bucket'],
    );
    for (const [id, { Type }] of template.resources) {
      if (Type !== 'AWS::DynamoDB::Table' && Type !== 'AWS::S3::Bucket') continue;
      expect(refersTo(said, id), id).toBe(kept.some(([one]) => one === id));
    }
    expect(JSON.stringify(said).includes('parameter /pressrun/')).toBe(template !== whole);
  });

  test('leaves nothing whose name the next deployment would need', () => {
    for (const [id, { DeletionPolicy, Properties }] of template.resources) {
      if (DeletionPolicy === 'Retain') expect(fixedNames(Properties), id).toEqual([]);
    }
  });
});

describe('a stage on the table and bucket of an earlier one', () => {
  const existing = { existingTable: 'restored-table', existingBucket: 'kept-bucket' };
  const template = templateOf('dev', { stages: { dev: existing } });

  test('makes neither, and names both to functions, commands and the output', () => {
    expect(template.ofType('AWS::DynamoDB::Table')).toEqual([]);
    expect(template.ofType('AWS::S3::Bucket')).toEqual([]);
    for (const { Properties } of template.ofType('AWS::Lambda::Function')) {
      expect(Properties.Environment).toMatchObject({
        Variables: { PRESSRUN_TABLE: 'restored-table', PRESSRUN_BUCKET: 'kept-bucket' },
      });
    }
    const [record] = template.ofType('AWS::SSM::Parameter');
    expect(JSON.stringify(record?.Properties.Value)).toContain(String.raw`\"table\":\"restored-table\"`);
    expect(template.outputs.KeptWhenDestroyed?.Value).toBe(
      'bucket kept-bucket, table restored-table, parameter /pressrun/dev/key',
    );
  });

  test('lets its functions at both, as at those of its own', () => {
    const strip = (text: string) => text.replaceAll(/(bucket)\/?/g, '$1/');
    // Without a webhook there is no function that sends to one.
    for (const name of FUNCTION_NAMES.filter((one) => one !== 'webhook')) {
      const grants = grantsOf(template, `pressrun-dev-${name}`).map(({ action, resource }) =>
        action.startsWith('dynamodb:') || action.startsWith('s3:') ? action : `${action} ${resource}`,
      );
      const own = grantsOf(dev, `pressrun-dev-${name}`).map(({ action, resource }) =>
        action.startsWith('dynamodb:') || action.startsWith('s3:') ? action : `${action} ${resource}`,
      );
      expect(grants.map(strip).sort(), name).toEqual(own.map(strip).sort());
    }
    const [policy] = template.ofType('AWS::S3::BucketPolicy');
    expect(policy?.Properties.Bucket).toBe('kept-bucket');
    expect(JSON.stringify(policy?.Properties.PolicyDocument)).toContain('"aws:SecureTransport":"false"');
  });
});

describe('two stages in one account', () => {
  test('share no name: every name that is not CloudFormation’s has the stage in it', () => {
    const names = (template: StackTemplate) =>
      [...template.resources.values()].flatMap(({ Properties }) => fixedNames(Properties));

    expect(names(dev).length).toBeGreaterThan(20);
    expect(names(dev).filter((name) => names(prod).includes(name))).toEqual([]);
    expect(names(prod).filter((name) => !name.includes('prod'))).toEqual([]);
  });
});

describe('logical ids of resources with data', () => {
  test('stay, so that no refactoring replaces the table or the bucket unseen', () => {
    const stateful = ['AWS::S3::Bucket', 'AWS::DynamoDB::Table', 'AWS::SQS::Queue'];
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
      ]
    `);
  });
});

function fixedNames(Properties: Readonly<Record<string, unknown>> = {}): string[] {
  return [
    'QueueName',
    'FunctionName',
    'TableName',
    'BucketName',
    'LogGroupName',
    'AlarmName',
    'Name',
    'RoleName',
    'TopicName',
  ]
    .map((field) => Properties[field])
    .filter((name) => typeof name === 'string');
}

test('dashboards of one stage in two regions do not collide', () => {
  const [dashboard] = whole.ofType('AWS::CloudWatch::Dashboard');

  expect(JSON.stringify(dashboard?.Properties.DashboardName)).toContain('"Ref":"AWS::Region"');
});
