import type { Table, TableQuery, TableRow, TableWrite } from '../pipeline/ports.ts';

/** The first release that reads these rows, put as `v`. Raise it when older programs would misread a row. None: 0.1. */
const ROW_VERSION = '0.3.0';

/** A row that only a newer pressrun can read. */
class NewerRowError extends Error {
  override name = 'NewerRowError';
}

/**
 * Marks rows with their version and refuses newer ones with `NewerRowError`. Updates leave the version. Rows made only by
 * updates (counters, roll-ups) have none: if their meaning changes, so must their key.
 */
export function versionedTable(table: Table, version = ROW_VERSION): Table {
  return {
    get: async (key, reading) => {
      const row = await table.get(key, reading);
      if (row !== undefined) refuseNewer(row, version);
      return row;
    },
    query: (query) => readable(table.query(withVersion(query)), version),
    write: (writes) => table.write(writes.map((write) => stamped(write, version))),
  };
}

async function* readable(rows: AsyncIterable<TableRow>, version: string): AsyncGenerator<TableRow> {
  for await (const row of rows) {
    refuseNewer(row, version);
    yield row;
  }
}

function withVersion(query: TableQuery): TableQuery {
  return query.fields === undefined ? query : { ...query, fields: [...query.fields, 'v'] };
}

function stamped(write: TableWrite, version: string): TableWrite {
  return write.kind === 'put' ? { ...write, row: { ...write.row, v: version } } : write;
}

function refuseNewer({ pk, sk, v }: TableRow, version: string): void {
  if (v === version) return;
  if (typeof v !== 'string' || !/^\d{1,6}\.\d{1,6}\.\d{1,6}$/.test(v) || !isNewer(v, version)) return;
  throw new NewerRowError(
    `this stage was written by a newer pressrun (row ${pk} / ${sk}): use pressrun ${v} or later for it, or another stage`,
  );
}

function isNewer(version: string, than: string): boolean {
  const [numbers, others] = [version, than].map((each) => each.split('.').map(Number));
  const at = numbers?.findIndex((number, index) => number !== others?.[index]) ?? -1;
  return at >= 0 && (numbers?.[at] ?? 0) > (others?.[at] ?? 0);
}
