import type { DatabaseSync } from 'node:sqlite';
import type { Committer } from '../database/committer.ts';
import { type ObjectRecord, type ObjectRecords, recordsSchema } from './object-record.ts';
import type { RecordJournal } from './record-journal.ts';

interface SqliteRecordsOptions {
  readonly database: DatabaseSync;
  readonly committer: Committer;
  readonly journal: RecordJournal;
}

/** `ObjectRecords` in the stage's database, committed with other writes. */
export function sqliteRecords({ database, committer, journal }: SqliteRecordsOptions): ObjectRecords {
  const select = database.prepare('SELECT records FROM objects WHERE key = ?');
  const upsert = database.prepare(
    'INSERT INTO objects VALUES (?, ?) ON CONFLICT DO UPDATE SET records = excluded.records',
  );
  const remove = database.prepare('DELETE FROM objects WHERE key = ?');

  function read(key: string): readonly ObjectRecord[] {
    const found = select.get(key)?.records;
    return typeof found === 'string' ? recordsSchema.parse(JSON.parse(found)) : [];
  }

  return {
    read,
    write: async (key, records) => {
      const text = JSON.stringify(records);
      await journal.add(key, records);
      await committer.commit(() => void upsert.run(key, text), 'durable');
    },
    // A record without a file is ignored: it may return after a power cut.
    forget: async (key) => await committer.commit(() => void remove.run(key), 'lazy'),
  };
}
