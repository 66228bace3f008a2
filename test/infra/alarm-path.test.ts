import { describe, expect, test } from 'vitest';
import { EMAIL, refersTo, type StackTemplate, templateOf } from './support/stack.ts';

const dev = templateOf('dev', { stages: { dev: { alarms: 'all' } } });
const keyed = templateOf('dev', { stages: { dev: { alarms: 'all', alarmKey: true } } });
const prod = templateOf('prod');

describe.each([
  ['dev', dev],
  ['dev with a key of its own', keyed],
  ['prod', prod],
])('an alarm of %s', (_, template) => {
  const alarms = template.ofType('AWS::CloudWatch::Alarm').map(({ Properties }) => Properties);

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

  test('can use the key of the topic, where the topic has one', () => {
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

  test('comes as a mail that was once asked for, also after a deployment that names no address', () => {
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

test('the address of the configuration file holds until a deployment names another', () => {
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
