import { describe, expect, test } from 'vitest';
import { EMAIL, refersTo, type StackTemplate, templateOf } from './support/stack.ts';

const dev = templateOf('dev', { stages: { dev: { alarms: 'all' } } });
const keyed = templateOf('dev', { stages: { dev: { alarms: 'all', alarmKey: true } } });
const prod = templateOf('prod');

/** The names of all alarms, without `pressrun-<stage>-`. */
const ALARMS = [
  ...['dead-letters-ingest', 'dead-letters-work', 'dead-letters-events'],
  ...['old-uploads', 'old-work', 'paused', 'budget', 'refused-files', 'breaker-open', 'spend'],
  ...['errors-ingest', 'errors-generate', 'errors-schedule', 'errors-report', 'errors-sweep'],
  ...['throttles', 'near-timeout-ingest', 'near-timeout-sweep', 'no-sweep'],
];
/** The day has one of these calls, or a schedule's time: nobody waits for a second failure. */
const AT_THE_FIRST_FAILURE = ['errors-schedule', 'errors-report'];

describe.each([
  ['dev', 'dev', dev],
  ['dev with a key of its own', 'dev', keyed],
  ['prod', 'prod', prod],
])('an alarm of %s', (_, stage, template) => {
  const alarms = template.ofType('AWS::CloudWatch::Alarm').map(({ Properties }) => Properties);
  const named = (name: string) => alarms.find(({ AlarmName }) => AlarmName === `pressrun-${stage}-${name}`);

  test('is there for all that stops a stage', () => {
    expect(alarms.map(({ AlarmName }) => AlarmName).sort()).toEqual(
      ALARMS.map((name) => `pressrun-${stage}-${name}`).sort(),
    );
  });

  test('fires at the first failure of a daily function, and at the second of others', () => {
    for (const name of ALARMS.filter((each) => each.startsWith('errors-'))) {
      expect(named(name), name).toMatchObject({
        MetricName: 'Errors',
        Threshold: 0,
        ComparisonOperator: 'GreaterThanThreshold',
        EvaluationPeriods: AT_THE_FIRST_FAILURE.includes(name) ? 1 : 2,
      });
    }
  });

  test('fires for throttles of any function, near a time-out, and when the sweep is not called at all', () => {
    const throttled = JSON.stringify(named('throttles')?.Metrics);
    const functions = template.ofType('AWS::Lambda::Function');
    for (const { id } of functions) expect(throttled, id).toContain(`"${id}"`);
    for (const name of ['ingest', 'sweep']) {
      const [fn] = functions.filter(({ Properties }) => String(Properties.FunctionName).endsWith(name));
      expect(named(`near-timeout-${name}`)).toMatchObject({
        MetricName: 'Duration',
        Statistic: 'Maximum',
        Threshold: 950 * Number(fn?.Properties.Timeout),
      });
    }
    expect(named('no-sweep')).toMatchObject({
      MetricName: 'Invocations',
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
    });
  });

  test('publishes to the topic, whose policy lets CloudWatch publish for alarms of this stage alone', () => {
    const topic = theOnly(template, 'AWS::SNS::Topic');

    for (const alarm of alarms) {
      expect(alarm.AlarmActions, String(alarm.AlarmName)).toEqual([{ Ref: topic.id }]);
      const allowed = statementsFor(template, 'AWS::SNS::TopicPolicy', topic.id).filter(
        ({ Effect, Action }) => Effect === 'Allow' && [Action].flat().includes('sns:Publish'),
      );
      expect(allowed).toHaveLength(1);
      expect(allowed[0]).toMatchObject({
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
      });
      expect(sourceArns(allowed[0]).test(String(alarm.AlarmName)), String(alarm.AlarmName)).toBe(true);
      expect(sourceArns(allowed[0]).test('pressrun-another-paused')).toBe(false);
    }
  });

  test('can use the key of the topic, if it has one', () => {
    const topic = theOnly(template, 'AWS::SNS::Topic');
    const [key] = template.ofType('AWS::KMS::Key');
    const { KmsMasterKeyId } = topic.Properties;
    expect(KmsMasterKeyId === undefined, 'a key is there if and only if the topic uses it').toBe(
      key === undefined,
    );
    if (key === undefined) return;

    const { Statement } = key.Properties.KeyPolicy as { Statement: Statement[] };
    const allowed = Statement.filter(({ Principal }) => refersTo(Principal, 'cloudwatch.amazonaws.com'));

    expect(refersTo(KmsMasterKeyId, key.id)).toBe(true);
    expect(allowed).toHaveLength(1);
    expect([allowed[0]?.Action].flat().sort()).toEqual(['kms:Decrypt', 'kms:GenerateDataKey']);
    for (const { AlarmName } of alarms) {
      expect(sourceArns(allowed[0]).test(String(AlarmName)), String(AlarmName)).toBe(true);
    }
  });

  test('mails the address given once, also after a deployment without one', () => {
    const topic = theOnly(template, 'AWS::SNS::Topic');
    const mail = theOnly(template, 'AWS::SNS::Subscription');

    expect(mail.Properties).toMatchObject({ Protocol: 'email', TopicArn: { Ref: topic.id } });
    // The address is a parameter, which CloudFormation keeps where a deployment does not give it.
    expect(refersTo(mail.Properties.Endpoint, 'AlarmEmail')).toBe(true);
    expect(template.parameters.AlarmEmail).toEqual({
      Type: 'String',
      Default: '',
      Description: expect.stringContaining('none'),
    });
    expect(template.conditions[mail.Condition ?? '']).toBeDefined();
  });
});

test("the configuration file's address applies until a deployment names another", () => {
  const template = templateOf('dev', { stages: { dev: { alarmEmail: EMAIL } } });
  const mail = theOnly(template, 'AWS::SNS::Subscription');

  expect(JSON.stringify(mail.Properties.Endpoint)).toContain(`{"Ref":"AlarmEmail"},"${EMAIL}"`);
});

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Principal: unknown;
  readonly Condition?: { readonly ArnLike?: Readonly<Record<string, unknown>> };
}

function theOnly(template: StackTemplate, type: string) {
  const [one, ...others] = template.ofType(type);
  if (one === undefined || others.length > 0) throw new Error(`${type}: ${others.length} besides the first`);
  return one;
}

function statementsFor(template: StackTemplate, type: string, id: string): Statement[] {
  return template
    .ofType(type)
    .filter(({ Properties }) => refersTo(Properties.Topics, id))
    .flatMap(({ Properties }) => (Properties.PolicyDocument as { Statement: Statement[] }).Statement);
}

/** The names of alarms that a statement's condition lets through. */
function sourceArns(statement: Statement | undefined): RegExp {
  const arn = JSON.stringify(statement?.Condition?.ArnLike?.['aws:SourceArn'] ?? 'none');
  const pattern = /:alarm:([\w*-]+)"/.exec(arn)?.[1];
  if (pattern === undefined) return /^no condition$/;
  return new RegExp(`^${pattern.replaceAll('*', '.*')}$`);
}
