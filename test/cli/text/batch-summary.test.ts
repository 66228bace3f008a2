import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { batchSummaryText, commandLine, type SummaryContext } from '../../../cli/text/batch-summary.ts';
import { durationText } from '../../../cli/text/figures.ts';
import { stageAndHomeFlags } from '../../../cli/text/hints.ts';
import { textTable } from '../../../cli/text/text-table.ts';
import { parseBatchId } from '../../../shared/domain/ids.ts';
import type { BatchStatus } from '../../../shared/pipeline/finish/batch-status.ts';

describe('the end of a run', () => {
  test('reports success, and what to do with the images', () => {
    expect(end({ items: { done: 27 }, creditsMicro: 2_484_776_000 })).toEqual([
      'Complete: 27 images, 2,484.8 credits (≈ $2.48), 2 min 4 s',
      'Batch     cards-0123456789',
      'Images    out/cards/',
      'Next:     pressrun dashboard --simulate   shows them',
      '          pressrun cost --by model --simulate',
    ]);
  });

  test('groups failures by code with what to do, and names the retry', () => {
    const failures = [4, 9].map((row) => ({ row, variant: 1, code: 'timeout' }));
    const lines = end(
      { items: { done: 20, failed: 2 }, creditsMicro: 2_016_300_000, rejected: 2 },
      { failures },
    );

    expect(lines[0]).toMatch(/^Complete with errors: 20 of 22 images, 2,016\.3 credits/);
    expect(lines).toContain('Failed    2 timeout (rows 4, 9): Retry.');
    expect(lines).toContain('Rejected  2 rows (no cost): see out/cards/rejected.csv');
    expect(lines.join('\n')).toContain(
      'Next:     pressrun retry cards-0123456789 --simulate, then: pressrun run a.csv',
    );
  });

  test('prints after Ctrl-C how to resume, and what may have been billed', () => {
    const status = {
      state: 'running',
      items: { done: 14, pending: 13 },
      creditsMicro: 961_000_000,
      creditsMaxUnknownMicro: 168_300_000,
    } as const;

    const lines = end(status, { isWorkedOn: false });

    expect(lines[0]).toBe(
      'Interrupted: 14 of 27 images, 961 credits (≈ $0.96; up to 168.3 more unconfirmed), 2 min 4 s',
    );
    expect(lines).toContain('Next:     pressrun run a.csv   resumes, 13 images left');
    expect(lines.at(-1)).toBe('          pressrun status cards-0123456789 --unknown --simulate');
  });

  test('never calls a batch running without a worker', () => {
    const lines = end({ state: 'running', items: { pending: 3 } }, { isWorkedOn: false, command: undefined });

    expect(lines[0]).toMatch(/^Waiting for a worker: 0 of 3 images/);
    expect(lines).toContain('Next:     pressrun worker --simulate');
  });

  test.each([
    [
      'pressrun run a.csv --budget 200 --simulate',
      'pressrun run a.csv --budget CREDITS --simulate   with more than before',
    ],
    ['pressrun run a.csv', "pressrun budget set 'tag:for=A B' CREDITS --simulate, then: pressrun run a.csv"],
    [
      undefined,
      "pressrun budget set 'tag:for=A B' CREDITS --simulate, then: pressrun resume cards-0123456789 --simulate",
    ],
  ])('at a budget that is reached names a command that goes on, after %s', (command, next) => {
    const pauses = [
      { by: 'budget', scope: 'tag:for=A B', limitMicro: 1, message: 'reached', hint: '', since: '' },
    ] as const;

    const lines = end({ state: 'paused', items: { done: 1, pending: 2 }, pauses }, { command });

    expect(lines.at(-1)).toBe(`Next:     ${next}`);
  });

  test('reports that there was nothing to generate', () => {
    expect(end({ items: { reused: 27 } })[0]).toBe(
      'Complete: nothing to generate. All 27 images already exist, 0 credits',
    );
  });
});

describe('a hint', () => {
  test('carries the stage and the home of the command that prints it', () => {
    expect(stageAndHomeFlags('simulated', [])).toBe(' --simulate');
    expect(stageAndHomeFlags('studio', ['run', 'x', '--home', 'my data'])).toBe(
      " --stage studio --home 'my data'",
    );
    expect(stageAndHomeFlags('local', ['--home=elsewhere'])).toBe(' --home elsewhere');
  });

  test('can be pasted into a shell', () => {
    expect(commandLine(['run', "it's.csv", '--template', 'A {{fox}}'])).toBe(
      "pressrun run 'it'\\''s.csv' --template 'A {{fox}}'",
    );
  });

  test('shows durations for people', () => {
    expect([400, 59_000, 75_000, 3_600_000, 5_400_000].map(durationText)).toEqual([
      '1 s',
      '59 s',
      '1 min 15 s',
      '1 h',
      '1 h 30 min',
    ]);
  });
});

describe('a table', () => {
  const header = ['batch', 'state', 'credits'];
  const rows = [
    ['postcards-ff7625fff6f2-e180da8c91', 'complete', '2,484.8'],
    ['엽서-🦊-0123456789', 'waiting for a worker', '7'],
  ];

  test.each([80, 60, 40])('fits a terminal of %i columns', (columns) => {
    const lines = textTable(header, rows, columns).trimEnd().split('\n');

    expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(columns);
    expect(lines.join('\n')).toContain('2,484.8');
  });

  test('counts wide characters as they are shown', () => {
    const lines = textTable(header, rows, 80).trimEnd().split('\n');

    expect(new Set(lines.map((line) => stringWidth(line)))).toHaveProperty('size', 1);
  });

  test('becomes a block a row on a narrow one', () => {
    expect(textTable(header, rows, 24)).toContain('state    complete');
  });
});

type Partly = Partial<Omit<BatchStatus, 'items'>> & { readonly items?: Partial<BatchStatus['items']> };

function end(status: Partly, context: Partial<SummaryContext> | { command: undefined } = {}): string[] {
  const batch = parseBatchId('cards-0123456789');
  if (batch === undefined) throw new Error('no batch id');
  const whole: BatchStatus = {
    batch,
    state: 'complete',
    rejected: 0,
    creditsMicro: 0,
    creditsMaxUnknownMicro: 0,
    ...status,
    items: { done: 0, reused: 0, failed: 0, cancelled: 0, pending: 0, ...status.items },
  };
  const { command, ...usual } = {
    usdPerCredit: 0.001,
    flags: ' --simulate',
    folder: 'out/cards',
    tookMs: 124_000,
    command: 'pressrun run a.csv' as string | undefined,
    isWorkedOn: true,
    ...context,
  };
  return batchSummaryText(whole, command === undefined ? usual : { ...usual, command }).split('\n');
}
