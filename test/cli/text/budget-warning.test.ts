import { describe, expect, test } from 'vitest';
import { budgetWarningReporter } from '../../../cli/stage/budget-warning.ts';
import { pauseLines } from '../../../cli/text/summary.ts';
import { parseBatchId } from '../../../shared/domain/ids.ts';
import type { PipelineEvent } from '../../../shared/pipeline/effects.ts';
import type { BatchStatus } from '../../../shared/pipeline/finish/batch-status.ts';
import { runResult } from '../contract.ts';
import { envOf, prompts, testProvider, testWorkplace } from '../provider.ts';

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
    const tell = budgetWarningReporter(stage, (line) => lines.push(line));

    tell({ kind: 'budget-nearly-spent', scope, account, spentMicro: 82_500_000, limitMicro: 100_000_000 });

    expect(lines).toEqual([
      `Budget ${account} is 82% spent (82.5 of 100 credits). To raise it: \`${command}\``,
    ]);
  });

  test('prints nothing for other events', () => {
    const lines: string[] = [];
    const others: PipelineEvent[] = [
      { kind: 'batch-complete', batch: 'cards-1234' },
      { kind: 'charged', model: 'm', creditsMicro: 1 },
    ];

    others.forEach(budgetWarningReporter('local', (line) => lines.push(line)));

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
        `Budget batch:${batch} is ${Math.floor(spent / 8)}% spent (${spent} of 800 credits). ` +
        `To raise it: \`pressrun budget set batch:${batch} CREDITS\`\n`,
    });
  });
});

test.each([
  ['local', 'pressrun budget set day CREDITS'],
  ['simulated', 'pressrun budget set day CREDITS --simulate'],
  ['studio', 'pressrun budget set day CREDITS --stage studio'],
])('a pause at a budget of stage %s names the command that raises it there', (stage, command) => {
  const pause = {
    by: 'budget',
    scope: 'day',
    limitMicro: 1,
    message: 'budget day is reached',
    since: '',
  } as const;
  const untilMs = Date.UTC(2026, 10, 22);

  const lines = pauseLines(
    statusWith({ ...pause, untilMs, hint: 'what was written down where the stage has no name' }),
    stage,
    'run the same command again',
  );

  expect(lines).toEqual([
    'Paused: cards-1234: budget day is reached',
    `To resume: raise it with \`${command}\`, or wait until 2026-11-22T00:00 UTC`,
  ]);
});

function statusWith(pause: NonNullable<BatchStatus['pauses']>[number]): BatchStatus {
  const batch = parseBatchId('cards-1234');
  if (batch === undefined) throw new Error('a batch id');
  const items = { done: 0, reused: 0, failed: 0, cancelled: 0, pending: 1 };
  return {
    batch,
    state: 'paused',
    items,
    rejected: 0,
    creditsMicro: 0,
    creditsMaxUnknownMicro: 0,
    pauses: [pause],
  };
}
