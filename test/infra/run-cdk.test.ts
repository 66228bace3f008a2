import { describe, expect, test } from 'vitest';
import { cdkCall, keptBy } from '../../infra/run-cdk.ts';

describe('npm run deploy, diff and destroy', () => {
  test.each([
    [['deploy', '--stage', 'prod'], 'prod', []],
    [['deploy', '--stage=prod', '--profile', 'me'], 'prod', ['--profile', 'me']],
    [['diff'], 'dev', []],
  ])('%j are the CDK’s own command for one stage, and give on what else is said', (argv, stage, more) => {
    const call = cdkCall(argv);

    expect(call).toEqual({ stage, args: [argv[0], '--context', `stage=${stage}`, ...more] });
  });

  test('remove no stage whose name was left out', () => {
    expect(() => cdkCall(['destroy', '--force'])).toThrow('say which stage');
    expect(() => cdkCall(['destroy', '--stage', '--force'])).toThrow('--stage wants a name');
  });

  test('say in one line what is wrong with a stage’s name, before anything is synthesized', () => {
    expect(() => cdkCall(['deploy', '--stage', 'My Stage'])).toThrow('stage name "My Stage" cannot be used');
  });

  test('say what a removed stage leaves behind', () => {
    expect(keptBy('dev')).toContain('the bucket with all files and images is kept; table, queues');
    expect(keptBy('prod')).toContain(
      'the table with the ledger, are kept; first disable termination protection',
    );
  });
});
