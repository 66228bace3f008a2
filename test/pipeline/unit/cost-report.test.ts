import { describe, expect, test } from 'vitest';
import {
  AMOUNTS,
  COST_DIMENSIONS,
  type CostAmounts,
  type CostDimension,
  type Costed,
  costReport,
  isOfCharges,
  NO_COST,
  parseDimension,
} from '../../../shared/domain/money/cost-report.ts';
import { decimalOfNumber, decimalText, plus } from '../../../shared/domain/money/decimal.ts';
import fc from '../../support/property.ts';

const JULY = { from: '2026-07-01', to: '2026-07-31' };

test('a report over two rates has the dollars of both, and the mean rate', () => {
  const costs = [cost({ rate: 0.001 }, 2_000_000), cost({ provider: 'router', rate: 0.004 }, 1_000_000)];

  const { rows, total } = costReport(JULY, ['provider'], costs);

  expect(rows).toMatchObject([
    {
      provider: 'core-today',
      creditsMicro: 2_000_000,
      usd: { digits: 2_000_000n, scale: 9 },
      usdPerCredit: 0.001,
    },
    {
      provider: 'router',
      creditsMicro: 1_000_000,
      usd: { digits: 4_000_000n, scale: 9 },
      usdPerCredit: 0.004,
    },
  ]);
  expect(total).toMatchObject({
    creditsMicro: 3_000_000,
    usd: { digits: 6_000_000n, scale: 9 },
    usdPerCredit: 0.002,
  });
});

describe('a cost report', () => {
  test('gathers by the asked dimensions, in their order, and adds up', () => {
    const report = costReport(
      JULY,
      ['model', 'day'],
      [
        cost({ day: '2026-07-02', model: 'pro' }, 5),
        cost({ day: '2026-07-01', model: 'flash', outcome: 'blocked' }, 1),
        cost({ day: '2026-07-01', model: 'flash' }, 2),
      ],
    );

    expect(report.rows).toMatchObject([
      { model: 'flash', day: '2026-07-01', ...amounts(3), attempts: 2 },
      { model: 'pro', day: '2026-07-02', ...amounts(5) },
    ]);
    expect(report.total).toMatchObject({ ...amounts(8), attempts: 3 });
  });

  test('includes both its first and its last day, and no other', () => {
    const days = ['2026-06-30', '2026-07-01', '2026-07-31', '2026-08-01'];

    const report = costReport(
      JULY,
      ['day'],
      days.map((day) => cost({ day }, 1)),
    );

    expect(report.rows.map(({ day }) => day)).toEqual(['2026-07-01', '2026-07-31']);
  });

  test('without a dimension is one line; of nothing, none', () => {
    expect(costReport(JULY, [], [cost({}, 1), cost({}, 2)]).rows).toEqual([
      { ...amounts(3), attempts: 2, usd: { digits: 3n, scale: 9 }, usdPerCredit: 0.001 },
    ]);
    expect(costReport(JULY, [], [])).toMatchObject({ rows: [], total: NO_COST });
  });

  test('leaves out groups of which every charge was taken out again', () => {
    const gone = cost({ outcome: 'unknown' }, 4);
    const taken = { ...gone, amounts: negative(gone.amounts) };

    expect(costReport(JULY, ['outcome'], [gone, taken, cost({}, 1)]).rows).toMatchObject([
      { outcome: 'image' },
    ]);
  });

  test('groups by week, month, basis and tag; charges without the tag have an empty name', () => {
    const costs = [
      cost({ day: '2026-07-05', basis: 'reported', tags: { who: 'ann' } }, 1),
      cost({ day: '2026-07-06', basis: 'reported', tags: { what: 'ann' } }, 2),
      cost({ day: '2026-07-12', basis: 'assumed' }, 4),
    ];

    const by = (dimension: CostDimension) =>
      costReport(JULY, [dimension], costs).rows.map((row) => [row[dimension], row.creditsMicro]);

    expect(by('week')).toEqual([
      ['2026-W27', 1],
      ['2026-W28', 6],
    ]);
    expect(by('month')).toEqual([['2026-07', 7]]);
    expect(by('basis')).toEqual([
      ['assumed', 4],
      ['reported', 3],
    ]);
    expect(by('tag:who')).toEqual([
      ['', 6],
      ['ann', 1],
    ]);
    expect(by('tag:constructor')).toEqual([['', 7]]);
  });

  test('by schedule goes by the tag that batches of a schedule bear', () => {
    const costs = [cost({ tags: { schedule: 'weekly' } }, 2), cost({ tags: { who: 'ann' } }, 1)];

    const { rows } = costReport(JULY, ['schedule'], costs);

    expect(rows.map(({ schedule, creditsMicro }) => [schedule, creditsMicro])).toEqual([
      ['', 1],
      ['weekly', 2],
    ]);
    expect(isOfCharges('schedule')).toBe(true);
  });

  test('keeps groups apart whose names could run together', () => {
    const report = costReport(
      JULY,
      ['model', 'batch'],
      [cost({ model: 'a', batch: 'b#c' }, 1), cost({ model: 'a#b', batch: 'c' }, 1)],
    );

    expect(report.rows).toHaveLength(2);
  });

  test('groups by each dimension that can be asked for', () => {
    const known = { basis: 'reported', price: 'flash', size: '2K', user: 'ann' };
    const full = cost({ ...known, tags: { schedule: 'weekly', who: 'ann' } }, 1);
    const asked = [...Object.keys(COST_DIMENSIONS), 'tag:who'].flatMap((name) => parseDimension(name) ?? []);

    const [row] = costReport(JULY, asked, [full]).rows;

    expect(asked).toHaveLength(Object.keys(COST_DIMENSIONS).length + 1);
    for (const dimension of asked) expect(row?.[dimension]).toMatch(/./);
    expect(['tag:', 'tags', 'toString'].map(parseDimension)).toEqual([undefined, undefined, undefined]);
  });

  test('adds up to the same total, whatever it is asked by', () => {
    const costs = fc.array(
      fc
        .record({
          day: fc.constantFrom('2026-07-01', '2026-07-02'),
          model: fc.constantFrom('pro', 'flash'),
          batch: fc.constantFrom('a', 'b'),
          outcome: fc.constantFrom('image', 'blocked'),
          provider: fc.constantFrom('core-today', 'router'),
          rate: fc.constantFrom(0.001, 0.0025),
          basis: fc.constantFrom('reported', 'estimated'),
          tags: fc.dictionary(fc.constantFrom('who', 'what'), fc.constantFrom('x', 'y')),
          micro: fc.integer({ min: 0, max: 1_000_000 }),
        })
        .map(({ micro, ...dimensions }) => cost(dimensions, micro)),
    );
    const dimensions = [...Object.keys(COST_DIMENSIONS), 'tag:who'].flatMap(
      (name) => parseDimension(name) ?? [],
    );
    fc.assert(
      fc.property(costs, fc.subarray(dimensions), (given, by) => {
        const { rows, total } = costReport(JULY, by, given);

        const sum = summed(rows);
        expect(total).toMatchObject(sum);
        expect(decimalText(rows.reduce((so, { usd }) => plus(so, usd), decimalOfNumber(0)))).toBe(
          decimalText(total.usd),
        );
        expect(sum).toEqual(summed(given.map(({ amounts }) => amounts)));
      }),
    );
  });
});

function summed(all: readonly CostAmounts[]) {
  return Object.fromEntries(AMOUNTS.map((name) => [name, all.reduce((sum, each) => sum + each[name], 0)]));
}

function cost(dimensions: Partial<Costed>, micro: number) {
  return {
    day: '2026-07-01',
    model: 'flash',
    batch: 'a',
    outcome: 'image',
    provider: 'core-today',
    rate: 0.001,
    ...dimensions,
    amounts: amounts(micro),
  };
}

function amounts(micro: number): CostAmounts {
  return { ...NO_COST, attempts: 1, creditsMicro: micro };
}

function negative(given: CostAmounts): CostAmounts {
  return { ...given, attempts: -given.attempts, creditsMicro: -given.creditsMicro };
}
