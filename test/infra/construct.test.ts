import { readFileSync } from 'node:fs';
import { App, Stack } from 'aws-cdk-lib';
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { describe, expect, test } from 'vitest';
import { Pressrun, type PressrunProps } from '../../infra/pressrun.ts';
import { CONFIGURATION_HELP } from '../../shared/domain/configuration/configuration-help.ts';

function ownStack(): Stack {
  return new Stack(new App({ context: { 'aws:cdk:bundling-stacks': [] } }), 'Own');
}

function propertiesOf(stack: Stack, type: string): Readonly<Record<string, unknown>>[] {
  const { Resources } = (stack.node.root as App).synth().getStackByName('Own').template;
  return Object.values<{ Type: string; Properties: Readonly<Record<string, unknown>> }>(Resources)
    .filter(({ Type }) => Type === type)
    .map(({ Properties }) => Properties);
}

describe('the construct in an app of one’s own', () => {
  test('takes a key, a boundary, tags, and log retention, also as CloudFormation tokens', () => {
    const stack = ownStack();
    const key = new Key(stack, 'Key');
    const boundary = new ManagedPolicy(stack, 'Boundary', {
      statements: [new PolicyStatement({ actions: ['s3:GetObject'], resources: ['*'] })],
    });

    new Pressrun(stack, 'Images', {
      stage: 'own',
      encryptionKey: key.keyArn,
      permissionsBoundary: boundary.managedPolicyArn,
      tags: { team: 'images' },
      logRetentionDays: 400,
    });

    const ofType = (type: string) => propertiesOf(stack, type);
    const roles = ofType('AWS::IAM::Role');
    expect(roles.length).toBeGreaterThan(5);
    for (const { PermissionsBoundary } of roles)
      expect(JSON.stringify(PermissionsBoundary)).toMatch(/Boundary/);
    const logs = ofType('AWS::Logs::LogGroup');
    expect(logs.map(({ RetentionInDays }) => RetentionInDays)).toEqual(logs.map(() => 400));
    const [table] = ofType('AWS::DynamoDB::Table');
    expect(JSON.stringify(table?.SSESpecification)).toMatch(/Key[0-9A-F]{8}/);
    expect(table?.Tags).toContainEqual({ Key: 'team', Value: 'images' });
    expect(table?.Tags).toContainEqual({ Key: 'pressrun:stage', Value: 'own' });
  });

  test('can be used twice in one stack, for two stages', () => {
    const stack = ownStack();

    new Pressrun(stack, 'Draft', { stage: 'draft' });
    new Pressrun(stack, 'Final', { stage: 'final' });

    expect(propertiesOf(stack, 'AWS::DynamoDB::Table')).toHaveLength(2);
  });

  test.each<[string, Partial<PressrunProps>, string]>([
    ['a stage that cannot be', { stage: 'My Stage' }, 'stage name "My Stage" cannot be used'],
    ['fewer calls than one', { itemsAtOnce: 0 }, 'stages.own.itemsAtOnce'],
    ['days that CloudWatch does not offer', { logRetentionDays: 8 as 7 }, 'stages.own.logRetentionDays'],
    ['a key that is none', { encryptionKey: 'alias/mine' }, 'stages.own.encryptionKey'],
  ])('refuses %s in one line', (_, props, message) => {
    expect(() => new Pressrun(ownStack(), 'Images', { stage: 'own', ...props })).toThrow(message);
  });

  test('documents each prop in the words of the configuration file', () => {
    const source = readFileSync(new URL('../../infra/pressrun-props.ts', import.meta.url), 'utf8');
    const documented = [...source.matchAll(/\/\*\* (.+)\. \*\/\n {2}readonly (\w+)\?:/g)].map(
      ([, text, name]) => [name, text],
    );

    expect(Object.fromEntries(documented)).toMatchObject(CONFIGURATION_HELP.stages);
  });
});
