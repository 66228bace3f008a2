import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { openDatabase } from '../../local/database/open-database.ts';
import { queryPages } from '../../local/table/query-pages.ts';
import type { TableQuery } from '../../shared/pipeline/ports.ts';
import { freshFolder } from '../support/sqlite.ts';

describe('a partition of many pages', () => {
  test('comes whole and in order from either end, from any key to any other', async () => {
    const database = await stocked([{ pk: 'P', rows: 1_100 }]);
    const keys = Array.from({ length: 1_100 }, (_, nth) => keyOf(nth + 1));

    expect(await keysOf(database, { pk: 'P' })).toEqual(keys);
    expect(await keysOf(database, { pk: 'P', descending: true })).toEqual(keys.toReversed());
    expect(await keysOf(database, { pk: 'P', descending: true, limit: 600 })).toEqual(
      keys.toReversed().slice(0, 600),
    );
    const skBetween = [keyOf(101), keyOf(1_000)] as const;
    expect(await keysOf(database, { pk: 'P', skBetween })).toEqual(keys.slice(100, 1_000));
    expect(await keysOf(database, { pk: 'P', skBetween, descending: true })).toEqual(
      keys.slice(100, 1_000).toReversed(),
    );
  });

  test.each([false, true])(
    'costs no more a row than one of few pages (descending: %s)',
    async (descending) => {
      const parts = Array.from({ length: 40 }, (_, nth) => ({ pk: `small ${nth}`, rows: 1_000 }));
      const database = await stocked([{ pk: 'large', rows: 40_000 }, ...parts]);
      const cpuOf = async (pks: readonly string[]) => {
        const before = process.cpuUsage();
        for (const pk of pks) await keysOf(database, { pk, descending });
        return process.cpuUsage(before).user;
      };

      const small = await cpuOf(parts.map(({ pk }) => pk));
      const large = await cpuOf(['large']);

      // Reading every page from the partition's beginning takes 4 times as long.
      expect(large / small).toBeLessThan(3);
    },
  );
});

async function stocked(partitions: readonly { readonly pk: string; readonly rows: number }[]) {
  const database = openDatabase(join(await freshFolder(), 'stage.sqlite'));
  const fill = database.prepare(
    `WITH RECURSIVE nth(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM nth WHERE n < ?)
     INSERT INTO rows SELECT ?, format('ITEM#%06d', n), '{}' FROM nth`,
  );
  for (const { pk, rows } of partitions) fill.run(rows, pk);
  return database;
}

function keyOf(nth: number): string {
  return `ITEM#${String(nth).padStart(6, '0')}`;
}

async function keysOf(database: DatabaseSync, query: TableQuery): Promise<string[]> {
  const keys: string[] = [];
  for await (const { sk } of queryPages(database)(query)) keys.push(sk);
  return keys;
}
