import { describe, expect, test } from 'vitest';
import { caseFoldedName } from '../../../shared/domain/item/file-name.ts';
import type { ReadRow } from '../../../shared/pipeline/ingest/read-row.ts';
import { resolveUnique } from '../../../shared/pipeline/ingest/unique-rows.ts';
import type { TableWrite } from '../../../shared/pipeline/ports.ts';
import fc from '../../support/property.ts';
import { BATCH, specOf } from '../../support/specimens.ts';

describe('ids and file names', () => {
  test('that are unique stay unchanged, and default names are not even looked up', async () => {
    const table = fakeTable();
    const rows = [readRow(1, {}), readRow(2, { fileName: 'Heron' }), readRow(3, { id: 'c' })];

    expect(await resolveUnique(table, BATCH, rows)).toEqual(rows);
    expect([...table.taken.keys()].toSorted()).toEqual(['UNIQUE#id#c', 'UNIQUE#name#heron']);
  });

  test('of a row that is read again are its own still', async () => {
    const table = fakeTable();
    const rows = [
      readRow(1, { id: 'a', fileName: 'Fox' }),
      readRow(2, { id: 'a' }),
      readRow(3, { fileName: 'fox' }),
    ];

    const first = await resolveUnique(table, BATCH, rows);
    const again = await resolveUnique(table, BATCH, rows);

    expect(again).toEqual(first);
    expect(first[1]).toMatchObject({ row: 2, column: 'id' });
    expect(first[2]).toMatchObject({ items: [{ spec: { fileName: 'fox-row-3' } }] });
  });

  test('of all variants of a row change together', async () => {
    const table = fakeTable();
    const rows = [
      readRow(1, { variant: 1, fileName: 'fox-v1' }, { variant: 2, fileName: 'fox-v2' }),
      readRow(2, { variant: 1, fileName: 'Fox-v1' }, { variant: 2, fileName: 'Fox-v2' }),
    ];

    expect((await resolveUnique(table, BATCH, rows))[1]).toMatchObject({
      items: [{ spec: { fileName: 'Fox-v1-row-2' } }, { spec: { fileName: 'Fox-v2-row-2' } }],
    });
  });

  test('that many rows repeat are resolved in a handful of transactions', async () => {
    const table = fakeTable();
    const rows = (from: number) =>
      Array.from({ length: 400 }, (_, occurrence) =>
        readRow(from + occurrence, { id: `id-${occurrence % 7}`, fileName: 'Fox' }),
      );

    await resolveUnique(table, BATCH, rows(1));
    const resolved = await resolveUnique(table, BATCH, rows(401));

    expect(resolved.every((row) => 'reason' in row && row.column === 'id')).toBe(true);
    expect(table.writes()).toBeLessThan(10);
  });

  test('are unique in a batch, in whatever chunks the rows come', async () => {
    const row = fc.record({
      id: fc.constantFrom(undefined, 'a', 'b', 'c'),
      name: fc.constantFrom(undefined, 'Fox', 'fox', 'FOX', 'fox-row-3', 'heron'),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { maxLength: 12 }),
        fc.integer({ min: 1, max: 12 }),
        async (given, size) => {
          const rows = given.map(({ id, name }, index) =>
            readRow(index + 1, { ...(id && { id }), ...(name && { fileName: name }) }),
          );
          const table = fakeTable();

          const resolved = [];
          for (let from = 0; from < rows.length; from += size) {
            resolved.push(...(await resolveUnique(table, BATCH, rows.slice(from, from + size))));
          }

          const items = resolved.flatMap((each) =>
            'items' in each ? Array.from(each.items, ({ spec }) => spec) : [],
          );
          const names = items.map(({ fileName }) => caseFoldedName(fileName));
          const ids = items.flatMap(({ id }) => (id === undefined ? [] : [id]));
          expect(resolved.map(({ row: number }) => number)).toEqual(rows.map(({ row: number }) => number));
          expect(new Set(names).size).toBe(names.length);
          expect(ids.toSorted()).toEqual(
            [...new Set(given.flatMap(({ id }) => (id ? [id] : [])))].toSorted(),
          );
        },
      ),
    );
  });
});

function readRow(row: number, ...items: Partial<ReturnType<typeof specOf>>[]): ReadRow {
  return {
    row,
    line: row + 1,
    items: items.map((more) => ({ spec: specOf(row, more), occurrence: 1 })),
    embedded: [],
  };
}

/** A table that knows the one condition of unique rows. */
function fakeTable() {
  const owners = new Map<string, unknown>();
  let calls = 0;
  return {
    taken: owners,
    writes: () => calls,
    write: async (writes: readonly TableWrite[]) => {
      calls += 1;
      if (writes.length > 100) throw new Error('a transaction takes 100 writes');
      const puts = writes.flatMap((write) => (write.kind === 'put' ? [write.row] : []));
      const indexes = puts.flatMap(({ sk, row }, index) =>
        owners.has(sk) && owners.get(sk) !== row ? [index] : [],
      );
      if (indexes.length > 0) return { kind: 'refused' as const, indexes };
      for (const { sk, row } of puts) owners.set(sk, row);
      return { kind: 'written' as const };
    },
  };
}
