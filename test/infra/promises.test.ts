import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { LONG_REQUEST_TIMEOUT_MS, REQUEST_TIMEOUT_MS } from '../../shared/aws/timeouts.ts';
import { refersTo, type StackTemplate, templateOf, WHOLE } from './support/stack.ts';

const dev = templateOf('dev');
const whole = templateOf('dev', WHOLE);
const prod = templateOf('prod');

describe.each([
  ['dev', 'dev', dev],
  ['dev with all settings on', 'dev', whole],
  ['prod', 'prod', prod],
])('the stack of %s', (_, stage, template) => {
  test('has dead letters for every queue that is worked off, with an alarm', () => {
    const queues = template.ofType('AWS::SQS::Queue');
    const worked = queues.filter(({ Properties }) => Properties.RedrivePolicy !== undefined);
    const dead = queues.filter(({ Properties }) => Properties.RedrivePolicy === undefined);
    const watched = (id: string, metric: string) =>
      template
        .ofType('AWS::CloudWatch::Alarm')
        .some(({ Properties }) => Properties.MetricName === metric && refersTo(Properties.Dimensions, id));

    expect(worked.map(({ id }) => id.replace(/[0-9A-F]{8}$/, ''))).toEqual(['QueuesIngest', 'QueuesWork']);
    for (const queue of worked) {
      const [letters] = dead.filter(({ id }) => refersTo(queue.Properties.RedrivePolicy, id));
      expect(watched(letters?.id ?? 'none', 'ApproximateNumberOfMessagesVisible')).toBe(true);
    }
  });

  test('hides a message for at least six times as long as its function may run', () => {
    const mappings = template.ofType('AWS::Lambda::EventSourceMapping');

    expect(mappings).toHaveLength(2);
    for (const { Properties } of mappings) {
      const queue = theOne(template, 'AWS::SQS::Queue', Properties.EventSourceArn);
      const fn = theOne(template, 'AWS::Lambda::Function', Properties.FunctionName);
      expect(Number(queue.VisibilityTimeout)).toBeGreaterThanOrEqual(6 * Number(fn.Timeout));
      expect(Properties.FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
      expect(Properties.ScalingConfig).toMatchObject({ MaximumConcurrency: expect.any(Number) });
    }
  });

  test('gives nothing to the public', () => {
    const [bucket] = template.ofType('AWS::S3::Bucket');

    expect(bucket?.Properties.PublicAccessBlockConfiguration).toEqual({
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    });
    expect(template.ofType('AWS::S3::Bucket')).toHaveLength(1);
    for (const type of ['AWS::Lambda::Url', 'AWS::ApiGateway::RestApi', 'AWS::ApiGatewayV2::Api']) {
      expect(template.ofType(type)).toEqual([]);
    }
    for (const statement of statements(template)) {
      if (statement.Effect === 'Allow')
        expect(JSON.stringify(statement.Principal ?? {})).not.toContain('"*"');
    }
  });

  test('grants no wildcard action', () => {
    // CDK's key policy gives the key to its own account, as AWS asks for; it is no grant to anybody.
    const own = (sid: unknown) => JSON.stringify(sid ?? {}).includes(':root');
    const granted = statements(template)
      .filter(({ Effect, Principal }) => Effect === 'Allow' && !own(Principal))
      .flatMap(({ Action }) => Action);

    expect(granted.length).toBeGreaterThan(20);
    expect(granted.filter((action) => String(action).includes('*'))).toEqual([]);
  });

  test('names the resources of every grant, but for X-Ray, which has none, and a key in its own policy', () => {
    const open = statements(template)
      .filter(({ Effect, Resource, Principal }) => Effect === 'Allow' && Resource === '*' && !Principal)
      .flatMap(({ Action }) => Action);

    expect(open.filter((action) => !String(action).startsWith('xray:'))).toEqual([]);
    expect(open.length > 0, 'asks for rights on X-Ray if it traces').toBe(template === whole);
  });

  test('encrypts everything that stores data', () => {
    for (const { Properties } of template.ofType('AWS::SQS::Queue')) {
      expect(Properties.SqsManagedSseEnabled).toBe(true);
    }
    for (const { Properties } of template.ofType('AWS::S3::Bucket')) {
      expect(JSON.stringify(Properties.BucketEncryption)).toContain('AES256');
    }
  });

  test('takes requests to bucket and queues over TLS only', () => {
    const policies = ['AWS::S3::BucketPolicy', 'AWS::SQS::QueuePolicy', 'AWS::SNS::TopicPolicy'];
    const guarded = policies
      .flatMap((type) => template.ofType(type))
      .filter(({ Properties }) =>
        JSON.stringify(Properties.PolicyDocument).includes('"aws:SecureTransport":"false"'),
      )
      .flatMap(({ Properties }) => Properties.Queues ?? Properties.Topics ?? [Properties.Bucket]);
    const ids = ['AWS::S3::Bucket', 'AWS::SQS::Queue', 'AWS::SNS::Topic'].flatMap((type) =>
      template.ofType(type).map(({ id }) => id),
    );

    for (const id of ids) expect(refersTo(guarded, id), id).toBe(true);
  });

  test('ingests only files below uploads/', () => {
    const [bucket] = template.ofType('AWS::S3::Bucket');
    const patterns = template
      .ofType('AWS::Events::Rule')
      .flatMap(({ Properties }) => Properties.EventPattern ?? []);

    expect(patterns).toEqual([
      {
        source: ['aws.s3'],
        'detail-type': ['Object Created'],
        detail: { bucket: { name: [{ Ref: bucket?.id }] }, object: { key: [{ prefix: 'uploads/' }] } },
      },
    ]);
    expect(bucket?.Properties.NotificationConfiguration).toEqual({
      EventBridgeConfiguration: { EventBridgeEnabled: true },
    });
  });

  test('keeps versions of uploads, and cleans up quarantine and uploads that were broken off', () => {
    const [bucket] = template.ofType('AWS::S3::Bucket');
    const rules = JSON.stringify(bucket?.Properties.LifecycleConfiguration);

    expect(bucket?.Properties.VersioningConfiguration).toEqual({ Status: 'Enabled' });
    expect(rules).toContain('"Prefix":"quarantine/"');
    expect(rules).toContain('"DaysAfterInitiation":1');
  });

  test('has a table on demand that can be set back to any second, and lets no row expire', () => {
    const [table] = template.ofType('AWS::DynamoDB::Table');

    expect(table?.Properties).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      DeletionProtectionEnabled: stage === 'prod',
    });
    expect(table?.Properties).not.toHaveProperty('TimeToLiveSpecification');
  });

  test('runs every function on arm64 and Node 24, with a log that ends', () => {
    const functions = template.ofType('AWS::Lambda::Function');

    expect(functions.map(({ Properties }) => String(Properties.FunctionName)).sort()).toEqual(
      ['generate', 'ingest', 'report', 'schedule', 'sweep'].map((name) => `pressrun-${stage}-${name}`),
    );
    for (const { Properties } of functions) {
      expect(Properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        DeadLetterConfig: expect.anything(),
      });
    }
    for (const { Properties } of template.ofType('AWS::Logs::LogGroup')) {
      expect(Properties.RetentionInDays).toEqual(stage === 'prod' ? 90 : 7);
    }
  });

  test('names in each alarm an existing section of the runbook', () => {
    const runbook = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');
    const alarms = template.ofType('AWS::CloudWatch::Alarm');

    expect(alarms.length).toBe(template === dev ? 5 : 19);
    for (const { Properties } of alarms) {
      const section = /docs\/runbook\.md, "([^"]+)"/.exec(String(Properties.AlarmDescription))?.[1];
      expect(runbook.split('\n'), String(Properties.AlarmName)).toContain(`### ${section}`);
      expect(Properties.AlarmActions).toHaveLength(1);
    }
  });

  test('puts no key into the template: a secret is made without a value', () => {
    const secrets = template.ofType('AWS::SecretsManager::Secret');

    expect(secrets).toHaveLength(template === whole ? 1 : 0);
    for (const { Properties } of secrets) {
      expect(Object.keys(Properties).sort()).toEqual(['Description', 'Tags']);
    }
  });

  test('gives each function more time than a service of AWS that is silent takes from it', () => {
    // DynamoDB is asked four times, the others three (test/contract/failing-services.test.ts), with up to 4 s of waits between.
    const [table, store, other] = [
      4 * REQUEST_TIMEOUT_MS,
      3 * LONG_REQUEST_TIMEOUT_MS,
      3 * REQUEST_TIMEOUT_MS,
    ];

    for (const { Properties } of template.ofType('AWS::Lambda::Function')) {
      const timeoutMs = Number(Properties.Timeout) * 1_000;
      expect(timeoutMs, String(Properties.FunctionName)).toBeGreaterThan(
        Math.max(table, store, other) + 4_000,
      );
    }
  });

  test('lets messages go round in its queues for as long as they wait, which Lambda would end after 16 turns', () => {
    const functions = template.ofType('AWS::Lambda::Function').map(({ Properties }) => Properties);
    const fed = template
      .ofType('AWS::Lambda::EventSourceMapping')
      .map(({ Properties }) => theOne(template, 'AWS::Lambda::Function', Properties.FunctionName));

    expect(fed).toHaveLength(2);
    for (const fn of functions) {
      expect(fn.RecursiveLoop, String(fn.FunctionName)).toBe(fed.includes(fn) ? 'Allow' : 'Terminate');
    }
  });

  test('lets schedules call the schedule function, and keeps undelivered triggers', () => {
    const roles = template
      .ofType('AWS::IAM::Role')
      .filter(({ Properties }) => JSON.stringify(Properties).includes('scheduler.amazonaws.com'));
    const policies = template
      .ofType('AWS::IAM::Policy')
      .filter(({ Properties }) => roles.some(({ id }) => refersTo(Properties.Roles, id)));
    const [schedule] = template
      .ofType('AWS::Lambda::Function')
      .filter(({ Properties }) => Properties.FunctionName === `pressrun-${stage}-schedule`);

    const [dead] = template.ofType('AWS::SQS::Queue').filter(({ id }) => id.startsWith('QueuesDeadEvents'));

    expect(roles).toHaveLength(1);
    expect(policies.flatMap(({ Properties }) => statementsIn(Properties.PolicyDocument))).toEqual([
      { Action: 'lambda:InvokeFunction', Effect: 'Allow', Resource: { 'Fn::GetAtt': [schedule?.id, 'Arn'] } },
      { Action: 'sqs:SendMessage', Effect: 'Allow', Resource: { 'Fn::GetAtt': [dead?.id, 'Arn'] } },
    ]);
  });
});

describe('the schedules of a stage', () => {
  const [group] = dev.ofType('AWS::Scheduler::ScheduleGroup');
  const [role] = dev
    .ofType('AWS::IAM::Role')
    .filter(({ Properties }) => JSON.stringify(Properties).includes('scheduler.amazonaws.com'));

  test('live in their own group; only that group can assume the role', () => {
    expect(group?.Properties.Name).toBe('pressrun-dev');
    expect(statementsIn(role?.Properties.AssumeRolePolicyDocument)).toMatchObject([
      {
        Action: 'sts:AssumeRole',
        Principal: { Service: 'scheduler.amazonaws.com' },
        Condition: {
          StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
          ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': [group?.id, 'Arn'] } },
        },
      },
    ]);
  });

  test('are made by a command that reads group, role and function from the stage’s record', () => {
    const [record] = dev.ofType('AWS::SSM::Parameter').map(({ Properties }) => Properties.Value);
    const [fn] = dev
      .ofType('AWS::Lambda::Function')
      .filter(({ Properties }) => Properties.FunctionName === 'pressrun-dev-schedule');

    expect(JSON.stringify(record)).toContain(String.raw`\"scheduleGroup\":\"pressrun-dev\"`);
    for (const resource of [role, fn]) expect(refersTo(record, resource?.id ?? 'none')).toBe(true);
  });
});

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Principal?: unknown;
}

/** Every statement of every policy: of roles, bucket, queues, topic and key. */
function statements(template: StackTemplate): Statement[] {
  return [...template.resources.values()].flatMap(({ Properties = {} }) => {
    const documents = [Properties.PolicyDocument, Properties.KeyPolicy];
    return documents.flatMap(statementsIn);
  });
}

function statementsIn(document: unknown): Statement[] {
  if (typeof document !== 'object' || document === null || !('Statement' in document)) return [];
  return Array.isArray(document.Statement) ? document.Statement : [];
}

function theOne(
  template: StackTemplate,
  type: string,
  reference: unknown,
): Readonly<Record<string, unknown>> {
  const found = template.ofType(type).filter(({ id }) => refersTo(reference, id));
  if (found.length !== 1) throw new Error(`${JSON.stringify(reference)} names ${found.length} of ${type}`);
  return found[0]?.Properties ?? {};
}
