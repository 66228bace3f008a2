import type { DatabaseSync } from 'node:sqlite';
import type { Table, TableKey, TableRow, TableWrite, WriteResult } from '../../shared/pipeline/ports.ts';
import type { Committer } from '../database/committer.ts';
import { decideWrite, type RowChange } from './decide-write.ts';
import { queryPages } from './query-pages.ts';
import { fieldsText, rowOfText } from './stored-row.ts';

interface SqliteTableOptions {
  readonly database: DatabaseSync;
  readonly committer: Committer;
}

/** `Table` in SQLite (`open-database.ts`). Resolved writes survive a power cut. */
export function sqliteTable({ database, committer }: SqliteTableOptions): Table {
  const select = database.prepare('SELECT fields FROM rows WHERE pk = ? AND sk = ?');
  const upsert = database.prepare(
    'INSERT INTO rows VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET fields = excluded.fields',
  );
  const remove = database.prepare('DELETE FROM rows WHERE pk = ? AND sk = ?');
  select.setReturnArrays(true);

  function find({ pk, sk }: TableKey): TableRow | undefined {
    const found: unknown = select.get(pk, sk);
    return Array.isArray(found) ? rowOfText(pk, sk, found[0]) : undefined;
  }

  function store({ key, after }: RowChange): void {
    if (after === undefined) remove.run(key.pk, key.sk);
    else upsert.run(key.pk, key.sk, fieldsText(after));
  }

  function write(writes: readonly TableWrite[]): WriteResult {
    const decision = decideWrite(writes, find);
    if (decision.kind === 'refused') return decision;
    for (const change of decision.changes) store(change);
    return { kind: 'written' };
  }

  return {
    get: async (key) => find(key),
    query: queryPages(database),
    write: async (writes) =>
      writes.length === 0 ? { kind: 'written' } : await committer.commit(() => write(writes), 'durable'),
  };
}
