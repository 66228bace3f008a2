import { describe, expect, test } from 'vitest';
import { cdkCall, retainedResources } from '../../infra/run-cdk.ts';

describe('pressrun deploy, diff and destroy', () => {
  test.each([
    [['deploy', '--stage', 'prod'], 'prod', []],
    [['deploy', '--stage=prod', '--', '--profile', 'me'], 'prod', ['--profile', 'me']],
    [['diff', '--stage', 'dev'], 'dev', []],
  ])('%j are the CDK’s own command for one stage, and pass on what stands after --', (argv, stage, more) => {
    const call = cdkCall(argv, undefined);

    expect(call).toEqual({ stage, args: [argv[0], '--context', `stage=${stage}`, ...more] });
  });

  test('use the configuration file that is named', () => {
    const { args } = cdkCall(['deploy', '--stage', 'dev', '--config', 'team.json'], undefined);

    expect(args).toEqual(['deploy', '--context', 'stage=dev', '--context', 'config=team.json']);
  });

  test('touch no stage whose name was left out', () => {
    expect(() => cdkCall(['destroy', '--', '--force'])).toThrow(
      'say which stage: pressrun destroy --stage dev',
    );
    expect(() => cdkCall(['destroy', '--stage', '--force'])).toThrow('--stage');
  });

  test('report an invalid stage name in one line, before synthesis', () => {
    expect(() => cdkCall(['deploy', '--stage', 'My Stage'])).toThrow('stage name "My Stage" cannot be used');
  });

  test('print what a removed stage keeps', () => {
    expect(retainedResources('dev', {})).toBe(
      'destroying stage dev keeps the bucket with all files and images, the key in parameter /pressrun/dev/key, and removes all else. The output KeptWhenDestroyed of stack pressrun-dev names them.',
    );
    expect(retainedResources('prod', {})).toContain(
      'the table with the ledger, the key in parameter /pressrun/prod/key, and removes all else. First disable termination protection.',
    );
    expect(retainedResources('dev', { stages: { dev: { keyStore: 'secret' } } })).not.toContain('key');
  });

  test('pass an address for alarms to CloudFormation, which keeps the previous one if there is none', () => {
    const dev = ['--stage', 'dev'];
    const args = ['--context', 'stage=dev'];

    expect(cdkCall(['deploy', ...dev], 'me@example.com').args).toEqual([
      'deploy',
      ...args,
      '--parameters',
      'AlarmEmail=me@example.com',
    ]);
    expect(cdkCall(['deploy', ...dev], undefined).args).toEqual(['deploy', ...args]);
    expect(cdkCall(['diff', ...dev], 'me@example.com').args).toEqual(['diff', ...args]);
  });
});
