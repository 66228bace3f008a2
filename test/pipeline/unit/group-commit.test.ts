import { describe, expect, test } from 'vitest';
import type { Draft } from '../../../shared/pipeline/effects.ts';
import { groupCommit } from '../../../shared/pipeline/money/group-commit.ts';
import type { Table, TableWrite, WriteResult } from '../../../shared/pipeline/ports.ts';
import { memoryTable } from '../../simulation/memory/memory-table.ts';
import { virtualClock } from '../../support/virtual-clock.ts';

const WINDOW_MS = 5_000;

describe('ends of attempts that come together', () => {
  test('are one transaction, in which a sum that all add to is written once, in one shard', async () => {
    const { commit, table, written, clock } = room();

    const both = Promise.all([commit(end('a', 3, { micro: 2 })), commit(end('b', 5, { micro: 5 }))]);
    await clock.runUntil(clock.now() + WINDOW_MS);

    expect(await both).toEqual([{ kind: 'written' }, { kind: 'written' }]);
    expect(written.map((writes) => writes.length)).toEqual([3]);
    expect(await table.get({ pk: 'SUM#3', sk: 'SUM' })).toMatchObject({ count: 2, micro: 7 });
    expect(await table.get({ pk: 'SUM#5', sk: 'SUM' })).toBeUndefined();
  });

  test('stay their own: one that is refused hears of its own write, and takes no other with it', async () => {
    const { commit, table, clock } = room();
    await table.write([{ kind: 'put', row: { pk: 'ITEM', sk: 'b' } }]);

    const three = Promise.all(['a', 'b', 'c'].map((name) => commit(end(name, 0))));
    await clock.runUntil(clock.now() + WINDOW_MS);

    expect((await three).map((each) => (each.kind === 'refused' ? each.indexes : each.kind))).toEqual([
      'written',
      [0],
      'written',
    ]);
    expect(await table.get({ pk: 'SUM#0', sk: 'SUM' })).toMatchObject({ count: 2 });
  });

  test('that want the same row in different ways are written one after the other', async () => {
    const { commit, table, written, clock } = room();
    const remember = (by: string): Draft => ({
      shard: 0,
      writes: async () => [{ kind: 'put', row: { pk: 'CONTENT', sk: 'CONTENT', by } }],
    });

    const both = Promise.all([commit(remember('first')), commit(remember('second'))]);
    await clock.runUntil(clock.now() + WINDOW_MS);

    expect(await both).toHaveLength(2);
    expect(written).toHaveLength(2);
    expect(await table.get({ pk: 'CONTENT', sk: 'CONTENT' })).toMatchObject({ by: 'second' });
  });

  test('are never added up if the sum has a condition on a number', async () => {
    const { commit, table, clock } = room();
    const draw: Draft = {
      shard: 0,
      writes: async () => [
        {
          kind: 'update',
          key: { pk: 'BUDGET', sk: 'BUDGET' },
          add: { used: 60 },
          onlyIf: { kind: 'any', of: [{ kind: 'absent' }, { kind: 'atMost', field: 'used', value: 40 }] },
        },
      ],
    };

    const both = Promise.all([commit(draw), commit(draw)]);
    await clock.runUntil(clock.now() + WINDOW_MS);

    expect((await both).map(({ kind }) => kind)).toEqual(['written', 'refused']);
    expect(await table.get({ pk: 'BUDGET', sk: 'BUDGET' })).toMatchObject({ used: 60 });
  });

  test('beyond what DynamoDB takes in one transaction are several, and none is lost', async () => {
    const { commit, table, written, clock } = room();
    const many = Array.from({ length: 60 }, (_, nth) => commit(end(`item-${nth}`, nth % 8, {}, 4)));

    const all = Promise.all(many);
    await clock.runUntil(clock.now() + WINDOW_MS);

    expect((await all).every(({ kind }) => kind === 'written')).toBe(true);
    expect(written.length).toBeGreaterThan(2);
    expect(Math.max(...written.map((writes) => writes.length))).toBeLessThanOrEqual(100);
    const sums = await Promise.all(
      [...Array(8).keys()].map((shard) => table.get({ pk: `SUM#${shard}`, sk: 'SUM' })),
    );
    expect(sums.reduce((sum, row) => sum + Number(row?.count ?? 0), 0)).toBe(60);
  });

  test('fail together when the table fails; the next ones are written', async () => {
    const { commit, clock, failNext } = room();
    failNext(new Error('the table is busy'));

    const both = Promise.allSettled([commit(end('a', 0)), commit(end('b', 0))]);
    await clock.runUntil(clock.now() + WINDOW_MS);
    const next = commit(end('c', 0));
    await clock.runUntil(clock.now() + WINDOW_MS);

    expect((await both).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await next).toEqual({ kind: 'written' });
  });
});

describe('the end of an attempt', () => {
  test('waits for others as long as calls are under way, and no longer than the window', async () => {
    const { commit, written, clock } = room();

    void commit(end('a', 0));
    await clock.runUntil(clock.now() + WINDOW_MS - 1);
    expect(written).toHaveLength(0);
    await clock.runUntil(clock.now() + 1);

    expect(written).toHaveLength(1);
  });

  test('waits for no other if no call is in progress', async () => {
    const { commit, table } = room({ mayFollow: () => false });

    expect(await commit(end('a', 0))).toEqual({ kind: 'written' });

    expect(await table.get({ pk: 'ITEM', sk: 'a' })).toBeDefined();
  });

  test('is made up when it is written, so that it knows of a budget that was set while it waited', async () => {
    const { commit, clock, written } = room();
    let budgets = 1;
    const draft: Draft = {
      shard: 0,
      writes: async () => [{ kind: 'put', row: { pk: 'CHARGE', sk: 'a', budgets } }],
    };

    void commit(draft);
    budgets = 2;
    await clock.runUntil(clock.now() + WINDOW_MS);

    expect(written[0]).toMatchObject([{ row: { budgets: 2 } }]);
  });
});

/** An item that is not there yet, more rows of its own, and a sum. */
function end(name: string, shard: number, add: Readonly<Record<string, number>> = {}, rows = 1): Draft {
  return {
    shard,
    writes: async (countedIn) => [
      ...Array.from({ length: rows }, (_, nth): TableWrite => {
        const sk = nth === 0 ? name : `${name}-${nth}`;
        return { kind: 'put', row: { pk: 'ITEM', sk }, onlyIf: { kind: 'absent' } };
      }),
      { kind: 'update', key: { pk: `SUM#${countedIn}`, sk: 'SUM' }, add: { count: 1, ...add } },
    ],
  };
}

function room({ mayFollow = () => true }: { readonly mayFollow?: () => boolean } = {}) {
  const table = memoryTable();
  const clock = virtualClock();
  const written: (readonly TableWrite[])[] = [];
  let failure: Error | undefined;
  const write = async (writes: Parameters<Table['write']>[0]): Promise<WriteResult> => {
    const error = failure;
    failure = undefined;
    if (error !== undefined) throw error;
    const result = await table.write(writes);
    if (result.kind === 'written') written.push(writes);
    return result;
  };
  const commit = groupCommit({ table: { write }, clock }, { windowMs: WINDOW_MS, mayFollow });
  const failNext = (error: Error) => {
    failure = error;
  };
  return { commit, table, written, clock, failNext };
}
