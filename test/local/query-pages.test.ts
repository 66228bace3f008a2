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

  test('is sought page by page: no bound leaves rows to be read and thrown away', async () => {
    const database = await stocked([{ pk: 'P', rows: 1 }]);
    const prepared: string[] = [];
    const prepare = (sql: string) => {
      prepared.push(sql);
      return database.prepare(sql);
    };
    queryPages({ prepare });

    expect(prepared.length).toBeGreaterThan(0);
    for (const sql of prepared) {
      // Of two bounds at one end, SQLite seeks by one, and reads all rows up to the other.
      expect(sql.match(/\bsk [<>]=?/g)).toHaveLength(2);
      const plan = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all('P', '', 'z', 1);
      expect(plan.map(({ detail }) => detail)).toEqual([
        'SEARCH rows USING PRIMARY KEY (pk=? AND sk>? AND sk<?)',
      ]);
    }
  });
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
