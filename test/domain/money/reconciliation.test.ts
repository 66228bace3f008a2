import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { costReport, NO_COST } from '../../../shared/domain/money/cost-report.ts';
import { formatCredits, parseSignedCredits } from '../../../shared/domain/money/money.ts';
import { isSettled, reconcile, statementSums } from '../../../shared/domain/money/reconciliation.ts';
import { findColumns, readStatementLine } from '../../../shared/domain/money/statement-line.ts';

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
    '',
    ' ',
    '-',
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
    expect(findColumns(['Date', 'Model', 'Amount'], { credits: 'amount' })).toMatchObject({
      kind: 'columns',
    });
    expect(findColumns(['day', 'model', 'credits', 'Credits'], {})).toMatchObject({ kind: 'problem' });
  });
});

describe('a line of a statement', () => {
  test.each([
    ['2026-11-21', '2026-11-21'],
    ['2026-11-21 23:30:00', '2026-11-21'],
    ['2026-11-21T23:30:00.123Z', '2026-11-21'],
    ['2026-11-21 23:30:00 UTC', '2026-11-21'],
    ['2026-11-22T00:30:00+01:00', '2026-11-21'],
  ])('of %s is of the day %s', (text, day) => {
    expect(readStatementLine([text, 'm', '1.5'], COLUMNS)).toEqual({
      day,
      model: 'm',
      creditsMicro: 1_500_000,
    });
  });

  test.each([
    ['no day', ['21.11.2026', 'm', '1'], /"21.11.2026" is no day/],
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

  test('are not settled where a line was not read, even if all else is the same', () => {
    expect(isSettled(reconciled([[5, 0]], [5]))).toBe(true);
    expect(isSettled(reconciled([[5, 0]], [5], [{ line: 3, reason: 'no day' }]))).toBe(false);
  });

  test('have the difference of their sums, and are settled only if each line is', () => {
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

  test('are never added up beyond what is exact', () => {
    const sums = statementSums();
    const line = { day: DAY, model: 'm', creditsMicro: Number.MAX_SAFE_INTEGER };

    expect([sums.add(line), sums.add({ ...line, creditsMicro: 1 })]).toEqual([true, false]);
    expect(sums.sums()).toEqual([line]);
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
  return { day, model, batch: 'b', outcome: 'image', amounts };
}
