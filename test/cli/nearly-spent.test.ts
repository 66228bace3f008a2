import { describe, expect, test } from 'vitest';
import { nearlySpentTeller } from '../../cli/nearly-spent.ts';
import type { PipelineEvent } from '../../shared/pipeline/effects.ts';
import { runResult } from './contract.ts';
import { envOf, prompts, testProvider, testWorkplace } from './provider.ts';

describe('that a budget is nearly spent', () => {
  test.each([
    ['local', 'day', 'day:2026-11-21', 'pressrun budget set day CREDITS'],
    ['simulated', 'month', 'month:2026-11', 'pressrun budget set month CREDITS --simulate'],
    [
      'studio',
      'tag:for=A & B',
      'tag:for=A & B',
      "pressrun budget set 'tag:for=A & B' CREDITS --stage studio",
    ],
  ])('is a line of what, how much and what to do on stage %s', (stage, scope, account, command) => {
    const lines: string[] = [];
    const tell = nearlySpentTeller(stage, (line) => lines.push(line));

    tell({ kind: 'budget-nearly-spent', scope, account, spentMicro: 82_500_000, limitMicro: 100_000_000 });

    expect(lines).toEqual([
      `nearly spent: budget ${account}: 82.5 of 100 credits; work in it pauses before a call that may exceed it; ` +
        `to raise it: \`${command}\``,
    ]);
  });

  test('is told alone: other events have their own place', () => {
    const lines: string[] = [];
    const others: PipelineEvent[] = [
      { kind: 'batch-complete', batch: 'cards-1234' },
      { kind: 'charged', model: 'm', creditsMicro: 1 },
    ];

    others.forEach(nearlySpentTeller('local', (line) => lines.push(line)));

    expect(lines).toEqual([]);
  });

  test('is one line on stderr of a run, and nothing on stdout but the document of --json', async (context) => {
    const work = await testWorkplace(context, { PRESSRUN_ITEMS_AT_ONCE: '1' });
    const provider = await testProvider(context);
    await work.write('prompts.csv', prompts(10));

    const run = await work.run(['run', 'prompts.csv', '--json', '--budget', '800'], envOf(provider));

    const { batch } = runResult(run.stdout);
    const spent = provider.totals().creditsMicro / 1e6;
    expect(run).toMatchObject({
      code: 0,
      stderr:
        `nearly spent: budget batch:${batch}: ${spent} of 800 credits; work in it pauses before a call that may ` +
        `exceed it; to raise it: \`pressrun budget set batch:${batch} CREDITS\`\n`,
    });
  });
});
