import { describe, expect, test } from 'vitest';
import { costReport, NO_COST } from '../../../shared/domain/money/cost-report.ts';
import { formatCredits, parseSignedCredits } from '../../../shared/domain/money/money.ts';
import { isSettled, reconcile } from '../../../shared/domain/statement/reconciliation.ts';
import { findColumns } from '../../../shared/domain/statement/statement-header.ts';
import { readStatementLine } from '../../../shared/domain/statement/statement-line.ts';
import { statementSums } from '../../../shared/domain/statement/statement-sums.ts';
import fc from '../../support/property.ts';

const DAY = '2026-11-21';
const COLUMNS = { day: 0, model: 1, credits: 2 };

describe('credits in a statement', () => {
  test('are read exactly, whatever their number of decimals', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e15 + 1, max: 1e15 - 1 }), fc.nat(9), (micro, zeros) => {
        const text = formatCredits(micro);

        expect(parseSignedCredits(text)).toBe(micro);
        expect(parseSignedCredits(`${text}${text.includes('.') ? '0'.repeat(zeros) : ''}`)).toBe(micro);
      }),
    );
    expect(parseSignedCredits('0.1000000000')).toBe(100_000);
    expect(parseSignedCredits('-0')).toBe(0);
  });

  test.each([
    ['69.1500000000001', 69_150_000],
    ['68.35849999999999', 68_358_500],
    ['0.30000000000000004', 300_000],
    ['0.010000000000000009', 10_000],
    ['-67.20000000000001', -67_200_000],
    ['123456789.12345601', 123_456_789_123_456],
    ['67.712', 67_712_000],
    ['6.7e-05', 67],
    ['1E-06', 1],
    ['1.2345e-02', 12_345],
    ['(12.5)', -12_500_000],
    ['\u221212.5', -12_500_000],
    ['68.3585 credits', 68_358_500],
    ['68.3585 CR', 68_358_500],
    ['+5', 5_000_000],
  ])('%j are %d µcr, as machines write them', (text, micro) => {
    expect(parseSignedCredits(text)).toBe(micro);
  });

  test('are read exactly from doubles, even after sums', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(300_000_000), { minLength: 1, maxLength: 50 }), (amounts) => {
        const credits = amounts.reduce((sum, micro) => sum + micro / 1e6, 0);
        const exact = amounts.reduce((sum, micro) => sum + micro, 0);

        expect(parseSignedCredits(String(credits))).toBe(exact);
      }),
    );
  });

  test.each([
    '',
    ' ',
    '-',
    '68.3585001',
    '68.35850001',
    '1e-07',
    '0.50000000000000e3',
    '()',
    '1,234.5',
    '1.234,5',
    '1e3',
    '0x10',
    'NaN',
    '1.0000001',
    '.5',
    '5.',
    '1 000',
    '$5',
    '1234567890',
  ])('%j are none', (text) => {
    expect(parseSignedCredits(text)).toBeUndefined();
  });

  test('are found in the column that says credits, never in one that may be dollars', () => {
    expect(findColumns(['Date', 'Model ID', 'Amount', 'Credits_Used'], {})).toEqual({
      kind: 'columns',
      columns: { day: 0, model: 1, credits: 3 },
    });
    expect(findColumns(['Date', 'Model', 'Amount'], {})).toMatchObject({
      kind: 'problem',
      message: expect.stringMatching(
        /no column for the credits; it has Date, Model, Amount: .*--credits-column/,
      ),
    });
    expect(findColumns(['Date', 'Model', 'Amount'], { credits: 'amount' })).toEqual({
      kind: 'columns',
      columns: { day: 0, model: 1, credits: 2 },
    });
    expect(findColumns(['day', 'model', 'credits', 'Credits'], {})).toMatchObject({ kind: 'problem' });
  });

  test.each([
    ['Date (UTC)', 'Model', 'Credits (used)'],
    ['created_at', 'model_permaslug', 'credits_used'],
    ['Timestamp [UTC]', 'Model Name', 'Used Credits'],
    ['usageStartTime', 'sku.description', 'creditsConsumed'],
    ['Usage Start Date', 'SKU description', 'Cost (credits)'],
    ['start_time_iso', 'line_item', 'Amount [Credits]'],
    ['DATE', 'MODEL ID', 'CREDITS-CHARGED'],
    ['Created date (UTC)', 'Model', 'Credits (cr)'],
    ['\ufeffday', 'model', 'Total  credits'],
    ['일자', '모델명', '사용 크레딧'],
  ])('are found under %s, %s, %s', (day, model, credits) => {
    expect(findColumns(['id', day, model, credits, 'Amount', 'Currency'], {})).toEqual({
      kind: 'columns',
      columns: { day: 1, model: 2, credits: 3 },
    });
  });

  test.each(['Credits (USD)', 'Credits ($)', 'Credit amount (EUR)', 'Amount', 'Cost (EUR)', 'Credits type'])(
    'are not found under %s, which may be money',
    (credits) => {
      expect(findColumns(['Date', 'Model', credits], {})).toMatchObject({ kind: 'problem' });
      expect(findColumns(['Date', 'Model', credits], { credits })).toMatchObject({ kind: 'columns' });
    },
  );

  test.each(['Cost (USD)', 'Cost ($)', 'cost_usd', 'Amount in USD', 'Total (US$)'])(
    'are dollars under %s',
    (title) => {
      expect(findColumns(['Date', 'Model', title], {})).toEqual({
        kind: 'columns',
        columns: { day: 0, model: 1, credits: 2, isUsd: true },
      });
      expect(findColumns(['Date', 'Model', title, 'Credits'], {})).toEqual({
        kind: 'columns',
        columns: { day: 0, model: 1, credits: 3 },
      });
    },
  );

  test.each([
    ['2026-11', '$1.50', '2026-11', 1_500_000_000],
    ['11/2026', '-$0.000001', '2026-11', -1_000],
    ['November 2026', '($2)', '2026-11', -2_000_000_000],
    ['2026-11-21', '2.484776 USD', '2026-11-21', 2_484_776_000],
    ['2026-11-21', '0.0687145', '2026-11-21', 68_714_500],
    ['2026-11-21', '0.8958740000000000', '2026-11-21', 895_874_000],
  ])('in a line of %s, %s are read in nano-dollars', (period, dollars, day, amount) => {
    const columns = { day: 0, model: -1, credits: 1, isUsd: true } as const;

    expect(readStatementLine([period, dollars], columns)).toMatchObject({ day, model: '', amount });
  });

  test('are matched by the whole name if two differ only in brackets', () => {
    const header = ['Date', 'Model', 'Credits (used)', 'Credits (granted)'];

    expect(findColumns(header, {})).toMatchObject({ kind: 'problem' });
    expect(findColumns(header, { credits: 'Credits (granted)' })).toMatchObject({ columns: { credits: 3 } });
  });
});

describe('a line of a statement', () => {
  test.each([
    ['2026-11-21', '2026-11-21'],
    ['2026-11-21 23:30:00', '2026-11-21'],
    ['2026-11-21T23:30:00.123Z', '2026-11-21'],
    ['2026-11-21 23:30:00 UTC', '2026-11-21'],
    ['2026-11-22T00:30:00+01:00', '2026-11-21'],
    ['2026-11-21 23:30:00+00', '2026-11-21'],
    ['2026-11-22 00:30:00.123456+01', '2026-11-21'],
    ['2026-11-22 05:00:00+05:30', '2026-11-21'],
    ['2026-11-21 20:30:00-03', '2026-11-21'],
    ['2026-11-21 23:30:00-00:30', '2026-11-22'],
    ['2026-11-21 23:30:00 +0000 UTC', '2026-11-21'],
    ['2026-11-22 08:30:00 +0900 KST', '2026-11-21'],
    ['2026-11-22T08:30:00+09:00[Asia/Seoul]', '2026-11-21'],
    ['2026-11-22 08:30:00 KST', '2026-11-21'],
    ['2026-11-21 15:30:00 PST', '2026-11-21'],
    ['2026-11-21 16:30:00 PST', '2026-11-22'],
    ['2026-11-21 23:30:00 GMT', '2026-11-21'],
    ['2026-11-21 23:30:00,123 UTC', '2026-11-21'],
    ['2026-11-21t23:30:00z', '2026-11-21'],
    ['2026-11-21 9:05', '2026-11-21'],
    ['2026-11-21 11:30:00 PM', '2026-11-21'],
    ['2026/11/21', '2026-11-21'],
    ['2026/11/21 23:30:00', '2026-11-21'],
    ['2026. 11. 21.', '2026-11-21'],
    ['20261121', '2026-11-21'],
    ['2026-11-21+00:00', '2026-11-21'],
    ['Sat, 21 Nov 2026 23:30:00 GMT', '2026-11-21'],
    ['Sun, 22 Nov 2026 00:30:00 +0100', '2026-11-21'],
    ['21 Nov 2026', '2026-11-21'],
    ['Nov 21, 2026', '2026-11-21'],
    ['November 21, 2026, 11:30 PM UTC', '2026-11-21'],
    ['1795303800', '2026-11-21'],
    ['1795303800.25', '2026-11-21'],
    ['1795303800123', '2026-11-21'],
  ])('of %s is of the day %s', (text, day) => {
    expect(readStatementLine([text, 'm', '1.5'], COLUMNS)).toEqual({
      day,
      model: 'm',
      amount: 1_500_000,
      decimals: 1,
    });
  });

  test.each([
    ['no day', ['21.11.2026', 'm', '1'], /"21.11.2026" is no day/],
    ['a day that may be another', ['11/12/2026', 'm', '1'], /is no day/],
    ['a zone that may be several', ['2026-11-21 09:00:00 CST', 'm', '1'], /is no day/],
    ['a time that is not', ['2026-11-21 25:00:00', 'm', '1'], /is no day/],
    ['something behind the day', ['2026-11-21 and more', 'm', '1'], /is no day/],
    ['text that turns the line around', ['\u202e2026-11-21', 'm', '1'], /^" 2026-11-21" is no day/],
    ['a day that is not', ['2026-02-30', 'm', '1'], /is no day/],
    ['a sum', ['Total', '', '100'], /"Total" is no day/],
    ['no model', [DAY, ' ', '1'], /names no model/],
    ['no credits', [DAY, 'm', ''], /"" is no number of credits/],
    ['credits that are not exact', [DAY, 'm', '0.12345678'], /at most six decimals/],
    ['too few cells', [DAY], /names no model/],
    ['control characters', [DAY, 'm', '\u001b[31m\n1'], /" \[31m 1" is no number/],
  ])('with %s is said to be so', (_, cells, reason) => {
    expect(readStatementLine(cells, COLUMNS)).toMatch(reason);
  });
});

describe('ledger and statement', () => {
  test.each([
    ['equal', 100, 100, 0, 'same'],
    ['theirs more, within what is unknown', 100, 130, 30, 'explained'],
    ['theirs more, beyond what is unknown', 100, 131, 30, 'unexplained'],
    ['ours more, for which nothing unknown is a reason', 130, 100, 30, 'unexplained'],
    ['a difference of the tolerance', 99, 100, 0, 'tolerated'],
    ['a difference above the tolerance', 98, 100, 0, 'unexplained'],
    ['nothing of theirs', 1, 0, 0, 'unexplained'],
    ['nothing of ours', 0, 1, 0, 'unexplained'],
  ] as const)('%s: %d and %d, at most %d unknown', (_, ours, theirs, unknownMax, verdict) => {
    const result = reconciled([[ours, unknownMax]], [theirs]);

    expect(result.rows.map((row) => row.verdict)).toEqual(ours + theirs === 0 ? [] : [verdict]);
    expect(isSettled(result)).toBe(verdict !== 'unexplained');
  });

  test('are not settled if a line could not be read, even if all else agrees', () => {
    expect(isSettled(reconciled([[5, 0]], [5]))).toBe(true);
    expect(isSettled(reconciled([[5, 0]], [5], [{ line: 3, reason: 'no day' }]))).toBe(false);
  });

  test('have the difference of their sums, and are settled only if each line agrees', () => {
    const lines = fc.array(fc.tuple(fc.nat(1000), fc.nat(100), fc.nat(1000)), { maxLength: 28 });
    fc.assert(
      fc.property(lines, (given) => {
        const result = reconciled(
          given.map(([ours, unknown]) => [ours, unknown]),
          given.map(([, , theirs]) => theirs),
        );

        const sum = given.reduce((so, [ours, , theirs]) => so + theirs - ours, 0);
        expect(result.total.differenceMicro).toBe(sum);
        expect(isSettled(result)).toBe(result.rows.every(({ verdict }) => verdict !== 'unexplained'));
      }),
    );
  });

  test('know a model by the name that was sent', () => {
    const ledger = costReport({ from: DAY, to: DAY }, ['day', 'model'], [cost(DAY, 'pro', 7, 0)]);
    const statement = [{ day: DAY, model: 'pro-renamed', creditsMicro: 7 }];
    const wireName = (model: string) => (model === 'pro' ? 'pro-renamed' : model);

    const { rows } = reconcile(ledger, statement, [], { tolerancePercent: 0, wireName });

    expect(rows).toMatchObject([{ model: 'pro-renamed', verdict: 'same' }]);
  });

  test('are never added up beyond exact integers', () => {
    const sums = statementSums();
    const line = { day: DAY, model: 'm', amount: Number.MAX_SAFE_INTEGER, decimals: 0 };

    expect([sums.add(line), sums.add({ ...line, amount: 1 })]).toEqual([true, false]);
    expect(sums.sums()).toEqual([{ day: DAY, model: 'm', amount: Number.MAX_SAFE_INTEGER, lines: 1 }]);
  });
});

/** A line a day: what the ledger has, with what is unknown, and what the statement has. */
function reconciled(
  ours: readonly (readonly [micro: number, unknownMax: number])[],
  theirs: readonly number[],
  unread: readonly { line: number; reason: string }[] = [],
) {
  const dayOf = (index: number) => `2026-11-${String(index + 1).padStart(2, '0')}`;
  const window = { from: '2026-11-01', to: '2026-11-30' };
  const costs = ours.map(([micro, unknown], index) => cost(dayOf(index), 'm', micro, unknown));
  const statement = theirs.map((creditsMicro, index) => ({ day: dayOf(index), model: 'm', creditsMicro }));
  return reconcile(costReport(window, ['day', 'model'], costs), statement, unread, {
    tolerancePercent: 1,
    wireName: (model) => model,
  });
}

function cost(day: string, model: string, creditsMicro: number, unknownMaxMicro: number) {
  const amounts = { ...NO_COST, attempts: 1, creditsMicro, unknownMaxMicro };
  return { day, model, batch: 'b', outcome: 'image', provider: 'core-today', rate: 0.001, amounts };
}
