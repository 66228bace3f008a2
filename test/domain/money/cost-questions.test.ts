import { describe, expect, test } from 'vitest';
import { compareCosts, windowBefore } from '../../../shared/domain/money/cost-comparison.ts';
import { costCsv, decimalOf } from '../../../shared/domain/money/cost-csv.ts';
import { costMatcher, parseCostFilters } from '../../../shared/domain/money/cost-filter.ts';
import { ordered, parseCostOrder, topOf } from '../../../shared/domain/money/cost-order.ts';
import { type Costed, costReport, NO_COST } from '../../../shared/domain/money/cost-report.ts';
import { costStatement } from '../../../shared/domain/money/cost-statement.ts';

const JULY = { from: '2026-07-01', to: '2026-07-31' };

describe('a filter of costs', () => {
  test.each([
    ['model=flash', ['a', 'b']],
    ['model=flash,model=pro', ['a', 'b', 'c']],
    ['outcome!=image', ['b']],
    ['outcome!=image,outcome!=blocked', []],
    ['tag:campaign=spring, sale', ['c']],
    ['tag:campaign=', ['a', 'b']],
    ['user=ann,model=flash', ['a']],
  ])('%s keeps %j', (text, batches) => {
    const filters = parseCostFilters(text);
    if ('problem' in filters) throw new Error(filters.problem);

    expect(COSTS.filter(costMatcher(filters)).map(({ batch }) => batch)).toEqual(batches);
  });

  test.each(['model', 'colour=red', 'model>3', '', 'model=a,colour=red'])('refuses "%s"', (text) => {
    const filters = parseCostFilters(text);

    // A comma before what is no dimension belongs to the value before it.
    if (text === 'model=a,colour=red')
      expect(filters).toEqual({ problem: expect.stringContaining('colour') });
    else expect(filters).toHaveProperty('problem');
  });
});

describe('lines of a statement', () => {
  test('are ordered by a figure from the largest, by a dimension from A, and turned round by -', () => {
    const statement = statementOf(['batch']);
    const batches = (text: string) => {
      const order = parseCostOrder(text, ['batch']);
      return order && ordered(statement, order).rows.map(({ batch }) => batch);
    };

    expect(batches('credits')).toEqual(['c', 'b', 'a']);
    expect(batches('-credits')).toEqual(['a', 'b', 'c']);
    expect(batches('-batch')).toEqual(['c', 'b', 'a']);
    expect(batches('per-image')).toEqual(['c', 'a', 'b']);
    expect(batches('colour')).toBeUndefined();
  });

  test('beyond the first n are counted, and stay in the total', () => {
    const top = topOf(statementOf(['batch']), 1);

    expect(top).toMatchObject({ leftOut: 2, total: { creditsMicro: 600 } });
    expect(top.rows).toHaveLength(1);
  });
});

describe('two windows', () => {
  test('are compared line by line, with nothing for a missing line', () => {
    const before = costStatement({
      ...costReport(JULY, ['model'], [cost('x', 'pro', 400), cost('y', 'gone', 10)]),
      tz: 'UTC',
      source: 'charges',
    });

    const { rows, total } = compareCosts(statementOf(['model']), before);

    expect(rows).toMatchObject([
      { model: 'flash', creditsMicro: 300, beforeMicro: 0, change: null },
      { model: 'gone', creditsMicro: 0, beforeMicro: 10, differenceMicro: -10, change: -1 },
      { model: 'pro', creditsMicro: 300, beforeMicro: 400, differenceMicro: -100, change: -0.25 },
    ]);
    expect(total).toMatchObject({ creditsMicro: 600, beforeMicro: 410, differenceMicro: 190 });
  });

  test.each([
    [JULY, { from: '2026-06-01', to: '2026-06-30' }],
    [
      { from: '2026-01-01', to: '2026-03-31' },
      { from: '2025-10-01', to: '2025-12-31' },
    ],
    [
      { from: '2026-03-01', to: '2026-03-01' },
      { from: '2026-02-28', to: '2026-02-28' },
    ],
    [
      { from: '2026-07-08', to: '2026-07-14' },
      { from: '2026-07-01', to: '2026-07-07' },
    ],
  ])('%j follows %j', (window, before) => {
    expect(windowBefore(window)).toEqual(before);
  });
});

describe('CSV', () => {
  test('has credits as an exact decimal, dollars with their rate and its source', () => {
    const [header, line] = [...costCsv(statementOf([]))].join('').split('\n');

    expect(header).toMatch(/usdApprox,credits,usdPerCredit,currency,rateSource$/);
    expect(line).toMatch(/,0\.000001,0\.0006,0\.001,USD,the rate that each charge names$/);
  });

  test('for a German spreadsheet has semicolons between cells and commas in numbers', () => {
    const csv = [...costCsv(statementOf(['model']), decimalOf('de'))].join('');

    expect(csv.startsWith('\ufeffmodel;images;')).toBe(true);
    expect(csv).toContain(';0,0003;0,001;USD;');
    expect([decimalOf('en-US'), decimalOf('de-CH'), decimalOf('no such')]).toEqual(['.', '.', undefined]);
  });
});

const COSTS: readonly Costed[] = [
  { ...cost('a', 'flash', 100), user: 'ann' },
  { ...cost('b', 'flash', 200, 0), outcome: 'blocked' },
  { ...cost('c', 'pro', 300), tags: { campaign: 'spring, sale' } },
];

function statementOf(by: Parameters<typeof costReport>[1]) {
  return costStatement({ ...costReport(JULY, by, COSTS), tz: 'UTC', source: 'charges' });
}

function cost(batch: string, model: string, creditsMicro: number, images = 1): Costed {
  const amounts = { ...NO_COST, images, attempts: 1, creditsMicro };
  return { day: '2026-07-04', model, batch, outcome: 'image', provider: 'core.today', rate: 0.001, amounts };
}
