import { beforeEach, describe, expect, test } from 'vitest';
import type { Condition, Table, TableRow, TableWrite } from '../../shared/pipeline/ports.ts';
import { collect } from '../support/collect.ts';

/** What every `Table` must do. Run it over each adapter. */
export function tableSuite(adapter: string, freshTable: () => Promise<Table>): void {
  describe(`a table (${adapter})`, () => {
    let table: Table;
    beforeEach(async () => {
      table = await freshTable();
    });
    describe('reading and writing', () => rowTests(() => table));
    describe('conditions', () => conditionTests(() => table));
    describe('several writes', () => transactionTests(() => table));
    describe('queries', () => queryTests(() => table));
  });
}

const key = { pk: 'BATCH#b1', sk: 'ITEM#1' };

function rowTests(current: () => Table): void {
  test('gives back a row with every kind of value as it was put', async () => {
    const row = {
      ...key,
      text: 'à la carte 🎨',
      empty: '',
      count: 268_800_000,
      large: Number.MAX_SAFE_INTEGER,
      fraction: -0.25,
      yes: true,
      nothing: null,
      list: ['a', 1, [false, null]],
      map: { inner: { deep: 'x' }, list: [] },
    };

    const result = await current().write([{ kind: 'put', row }]);

    expect(result).toEqual({ kind: 'written' });
    expect(await current().get(key)).toEqual(row);
  });

  test('keeps keys of maps whatever they are called', async () => {
    const named = Object.fromEntries(
      ['constructor', 'toString', 'hasOwnProperty', 'valueOf', 'Set', '$', 'a.b', ' '].map((name) => [
        name,
        'x',
      ]),
    );
    const row = { ...key, map: { ...named, deep: named } };

    await current().write([{ kind: 'put', row }]);
    await current().write([{ kind: 'update', key, set: { columns: named } }]);

    expect(await current().get(key)).toEqual({ ...row, columns: named });
  });

  test('has nothing under a key that was never written', async () => {
    await current().write([
      { kind: 'put', row: { pk: 'no', sk: 'suc' } },
      { kind: 'put', row: { pk: 'n', sk: 'such' } },
      { kind: 'put', row: { pk: 'no', sk: 'such2' } },
    ]);

    expect(await current().get({ pk: 'no', sk: 'such' })).toBeUndefined();
    expect(await current().get({ pk: 'no', sk: 'suc' })).toEqual({ pk: 'no', sk: 'suc' });
  });

  test('does not write undefined fields, at the top or further down', async () => {
    await current().write([
      { kind: 'put', row: { ...key, gone: undefined, map: { gone: undefined, kept: 1 } } },
    ]);

    expect(await current().get(key)).toStrictEqual({ ...key, map: { kept: 1 } });
  });

  test('puts a whole row in place of the old one', async () => {
    await current().write([{ kind: 'put', row: { ...key, old: 1 } }]);

    await current().write([{ kind: 'put', row: { ...key, fresh: 2 } }]);

    expect(await current().get(key)).toEqual({ ...key, fresh: 2 });
  });

  test('sets, removes and adds to fields, and leaves the others', async () => {
    await current().write([{ kind: 'put', row: { ...key, keep: 'k', state: 'queued', drop: 1, used: 5 } }]);

    await current().write([
      { kind: 'update', key, set: { state: 'done', drop: undefined }, add: { used: -2, made: 3 } },
    ]);

    expect(await current().get(key)).toEqual({ ...key, keep: 'k', state: 'done', used: 3, made: 3 });
  });

  test('an update creates a missing row', async () => {
    await current().write([{ kind: 'update', key, set: { name: 'n' }, add: { count: 1 } }]);

    expect(await current().get(key)).toEqual({ ...key, name: 'n', count: 1 });
  });

  test('takes field names that DynamoDB reserves, and names with dots and hyphens', async () => {
    const row = { ...key, name: 'a', state: 'b', items: 1, 'tag.x-y': 'c' };
    await current().write([{ kind: 'put', row }]);

    await current().write([
      {
        kind: 'update',
        key,
        set: { name: 'z', 'tag.x-y': 'd' },
        add: { items: 1 },
        onlyIf: { kind: 'equals', field: 'state', value: 'b' },
      },
    ]);

    expect(await current().get(key)).toEqual({ ...row, name: 'z', items: 2, 'tag.x-y': 'd' });
  });

  test('deletes a row, and does not mind one that is not there', async () => {
    await current().write([{ kind: 'put', row: key }]);

    await current().write([{ kind: 'delete', key }]);
    const again = await current().write([{ kind: 'delete', key }]);

    expect(again).toEqual({ kind: 'written' });
    expect(await current().get(key)).toBeUndefined();
  });

  test('takes an empty list of writes', async () => {
    expect(await current().write([])).toEqual({ kind: 'written' });
  });

  test('loses no addition of many transactions at once, every tenth of which is refused', async () => {
    const key = { pk: 'COUNTERS', sk: 'contended' };
    const results = await Promise.all(
      Array.from({ length: 48 }, (_, nth) =>
        current().write([
          { kind: 'update', key, add: { count: 1 } },
          {
            kind: 'put',
            row: { pk: 'CONTENDED', sk: String(nth) },
            onlyIf: { kind: nth % 10 === 0 ? 'present' : 'absent' },
          },
        ]),
      ),
    );

    expect(results.filter(({ kind }) => kind === 'refused')).toHaveLength(5);
    expect(await current().get(key)).toMatchObject({ count: 43 });
  });

  test('loses no addition of many that come at once', async () => {
    await Promise.all(
      Array.from({ length: 20 }, () => current().write([{ kind: 'update', key, add: { count: 1 } }])),
    );

    expect(await current().get(key)).toEqual({ ...key, count: 20 });
  });
}

const held: TableRow = { ...key, state: 'queued', available: 100 };

const conditions: ReadonlyArray<readonly [name: string, condition: Condition, onHeld: boolean]> = [
  ['absent', { kind: 'absent' }, false],
  ['present', { kind: 'present' }, true],
  ['equals a text', { kind: 'equals', field: 'state', value: 'queued' }, true],
  ['equals another text', { kind: 'equals', field: 'state', value: 'done' }, false],
  ['equals a number', { kind: 'equals', field: 'available', value: 100 }, true],
  ['equals of another type', { kind: 'equals', field: 'available', value: '100' }, false],
  ['equals on a missing field', { kind: 'equals', field: 'none', value: 'x' }, false],
  ['atMost the value itself', { kind: 'atMost', field: 'available', value: 100 }, true],
  ['atMost less', { kind: 'atMost', field: 'available', value: 99 }, false],
  ['atMost on a missing field', { kind: 'atMost', field: 'none', value: 99 }, false],
  ['atMost on a text', { kind: 'atMost', field: 'state', value: 99 }, false],
  ['atLeast the value itself', { kind: 'atLeast', field: 'available', value: 100 }, true],
  ['atLeast more', { kind: 'atLeast', field: 'available', value: 101 }, false],
  ['atLeast on a missing field', { kind: 'atLeast', field: 'none', value: 0 }, false],
  [
    'all of two that hold',
    { kind: 'all', of: [{ kind: 'present' }, { kind: 'atLeast', field: 'available', value: 1 }] },
    true,
  ],
  ['all of which one does not hold', { kind: 'all', of: [{ kind: 'present' }, { kind: 'absent' }] }, false],
  ['any of which one holds', { kind: 'any', of: [{ kind: 'absent' }, { kind: 'present' }] }, true],
  [
    'any inside all',
    {
      kind: 'all',
      of: [
        { kind: 'any', of: [{ kind: 'absent' }, { kind: 'equals', field: 'state', value: 'queued' }] },
        { kind: 'any', of: [{ kind: 'atMost', field: 'available', value: 5 }, { kind: 'present' }] },
      ],
    },
    true,
  ],
];

function conditionTests(current: () => Table): void {
  test.each(conditions)('%s is decided as its name says', async (_, onlyIf, onHeld) => {
    await current().write([{ kind: 'put', row: held }]);

    const onRow = await current().write([{ kind: 'check', key, onlyIf }]);
    const alone = await current().write([{ kind: 'update', key, set: { touched: true }, onlyIf }]);

    const expected = onHeld ? { kind: 'written' } : { kind: 'refused', indexes: [0] };
    expect([onRow, alone]).toEqual([expected, expected]);
    expect(await current().get(key)).toEqual(onHeld ? { ...held, touched: true } : held);
  });

  const absentHolds = new Set(['absent', 'any of which one holds']);
  test.each(conditions)('%s on a missing row', async (name, onlyIf) => {
    const holds = absentHolds.has(name);

    const result = await current().write([{ kind: 'put', row: { ...key, made: true }, onlyIf }]);

    expect(result).toEqual(holds ? { kind: 'written' } : { kind: 'refused', indexes: [0] });
    expect(await current().get(key)).toEqual(holds ? { ...key, made: true } : undefined);
  });

  test('an update that may arrive twice is written each time that its condition holds, else refused', async () => {
    const key = { pk: 'ITEM', sk: '1' };
    const claimBy = (attempt: string): TableWrite => ({
      kind: 'update',
      key,
      set: { state: 'working', attempt },
      onlyIf: {
        kind: 'any',
        of: [
          { kind: 'equals', field: 'state', value: 'queued' },
          { kind: 'equals', field: 'attempt', value: attempt },
        ],
      },
      mayRepeat: true,
    });
    await current().write([{ kind: 'put', row: { ...key, state: 'queued' } }]);

    const results = [];
    for (const attempt of ['mine', 'mine', 'another'])
      results.push(await current().write([claimBy(attempt)]));

    expect(results).toEqual([{ kind: 'written' }, { kind: 'written' }, { kind: 'refused', indexes: [0] }]);
    expect(await current().get(key)).toMatchObject({ state: 'working', attempt: 'mine' });
  });

  test('a conditional delete leaves a row that does not fit', async () => {
    await current().write([{ kind: 'put', row: held }]);

    const result = await current().write([
      { kind: 'delete', key, onlyIf: { kind: 'equals', field: 'state', value: 'done' } },
    ]);

    expect(result).toEqual({ kind: 'refused', indexes: [0] });
    expect(await current().get(key)).toEqual(held);
  });
}

function transactionTests(current: () => Table): void {
  const other = { pk: 'BATCH#b1', sk: 'ITEM#2' };

  test('are all written if every condition holds', async () => {
    await current().write([{ kind: 'put', row: held }]);

    const result = await current().write([
      { kind: 'check', key, onlyIf: { kind: 'present' } },
      { kind: 'put', row: { ...other, a: 1 }, onlyIf: { kind: 'absent' } },
      { kind: 'update', key: { pk: 'COUNTERS', sk: '1' }, add: { made: 1 } },
    ]);

    expect(result).toEqual({ kind: 'written' });
    expect(await current().get(other)).toEqual({ ...other, a: 1 });
    expect(await current().get({ pk: 'COUNTERS', sk: '1' })).toEqual({ pk: 'COUNTERS', sk: '1', made: 1 });
  });

  test('write nothing if one condition fails, and name every one that failed', async () => {
    await current().write([{ kind: 'put', row: held }]);

    const result = await current().write([
      { kind: 'put', row: { ...other, a: 1 } },
      { kind: 'update', key, add: { available: -1 }, onlyIf: { kind: 'absent' } },
      { kind: 'delete', key: { pk: 'x', sk: 'y' } },
      { kind: 'check', key: { pk: 'x', sk: 'z' }, onlyIf: { kind: 'present' } },
    ]);

    expect(result).toEqual({ kind: 'refused', indexes: [1, 3] });
    expect(await current().get(other)).toBeUndefined();
    expect(await current().get(key)).toEqual(held);
  });

  test('may be a hundred', async () => {
    const writes = Array.from(
      { length: 100 },
      (_, index): TableWrite => ({ kind: 'put', row: { pk: `P${index}`, sk: 'S', index } }),
    );

    expect(await current().write(writes)).toEqual({ kind: 'written' });

    expect(await current().get({ pk: 'P99', sk: 'S' })).toMatchObject({ index: 99 });
  });

  test('of many at once never take more from a budget than it has', async () => {
    const budget = { pk: 'BUDGET#b', sk: 'BUDGET' };
    await current().write([{ kind: 'put', row: { ...budget, available: 5 } }]);

    const results = await Promise.all(
      Array.from({ length: 15 }, (_, index) =>
        current().write([
          { kind: 'put', row: { pk: 'HOLD', sk: String(index) } },
          {
            kind: 'update',
            key: budget,
            add: { available: -1 },
            onlyIf: { kind: 'atLeast', field: 'available', value: 1 },
          },
        ]),
      ),
    );

    expect(results.filter(({ kind }) => kind === 'written')).toHaveLength(5);
    expect(results.filter(({ kind }) => kind === 'refused')).toEqual(
      Array(10).fill({ kind: 'refused', indexes: [1] }),
    );
    expect(await current().get(budget)).toMatchObject({ available: 0 });
    expect(await collect(current().query({ pk: 'HOLD' }))).toHaveLength(5);
  });
}

function queryTests(current: () => Table): void {
  const sortKeys = ['A', 'ITEM#1', 'ITEM#10', 'ITEM#2', 'a', 'Ü', '🎨'];

  async function sortKeysOf(query: Omit<Parameters<Table['query']>[0], 'pk'>): Promise<string[]> {
    const rows = await collect(current().query({ pk: 'P', ...query }));
    return rows.map(({ sk }) => sk);
  }

  beforeEach(async () => {
    const rows = [...sortKeys].reverse().map((sk) => ({ pk: 'P', sk, value: sk }));
    await current().write(rows.map((row): TableWrite => ({ kind: 'put', row })));
    await current().write([{ kind: 'put', row: { pk: 'Q', sk: 'A' } }]);
  });

  test('give the rows of one partition in the order of the sort keys’ bytes', async () => {
    expect(await sortKeysOf({})).toEqual(sortKeys);
  });

  test('give them backwards, and no more than asked for', async () => {
    expect(await sortKeysOf({ descending: true, limit: 2 })).toEqual(['🎨', 'Ü']);
    expect(await sortKeysOf({ limit: 0 })).toEqual([]);
  });

  test('select by prefix, and take an empty one as all', async () => {
    expect(await sortKeysOf({ skPrefix: 'ITEM#1' })).toEqual(['ITEM#1', 'ITEM#10']);
    expect(await sortKeysOf({ skPrefix: '' })).toEqual(sortKeys);
  });

  test('select between two sort keys, both included', async () => {
    expect(await sortKeysOf({ skBetween: ['ITEM#10', 'a'] })).toEqual(['ITEM#10', 'ITEM#2', 'a']);
  });

  test('bring the fields that are asked for, whatever they are called, with the keys', async () => {
    const fields = { pk: 'R', sk: 'A', model: 'm', at: 'now', split: { text: 1 }, 'a.b': 2 };
    await current().write([{ kind: 'put', row: { ...fields, usage: { total: 3 } } }]);
    const query = { pk: 'R', skPrefix: 'A', fields: ['at', 'model', 'split', 'a.b', 'missing'] };

    const [row] = await collect(current().query(query));

    expect(row).toMatchObject(fields);
    expect(row).not.toHaveProperty('missing');
  });

  test('find nothing in a partition without rows', async () => {
    expect(await collect(current().query({ pk: 'none' }))).toEqual([]);
  });

  test("continue beyond one page's 1 MB", async () => {
    const text = 'x'.repeat(100_000);
    for (let index = 0; index < 25; index += 1) {
      await current().write([{ kind: 'put', row: { pk: 'big', sk: String(index).padStart(2, '0'), text } }]);
    }

    const rows = await collect(current().query({ pk: 'big' }));

    expect(rows.map(({ sk }) => Number(sk))).toEqual(Array.from({ length: 25 }, (_, index) => index));
  });
}
