import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createCommitter } from '../../local/database/committer.ts';
import { openDatabase } from '../../local/database/open-database.ts';
import { createWalSync } from '../../local/database/wal-sync.ts';
import { diskStore } from '../../local/disk-store/disk-store.ts';
import type { StorePlace } from '../../local/disk-store/object-record.ts';
import { recordJournal } from '../../local/disk-store/record-journal.ts';
import { sqliteRecords } from '../../local/disk-store/sqlite-records.ts';
import type { ObjectStore } from '../../shared/pipeline/ports.ts';

/** A folder of objects with a database of its own, in its hidden part; closed after the test. */
export function placeIn(root: string): StorePlace {
  const hidden = join(root, '.meta');
  mkdirSync(hidden, { recursive: true });
  const path = join(hidden, 'stage.sqlite');
  const database = openDatabase(path);
  const log = createWalSync(path);
  const committer = createCommitter({ database, log, reserve: { giveUp: () => false }, random: Math.random });
  onTestFinished(async () => {
    await committer.close();
    await log.close();
    database.close();
  });
  return { root, records: sqliteRecords({ database, committer, journal: recordJournal(root) }) };
}

export function diskStoreIn(root: string): ObjectStore {
  return diskStore(root, placeIn(root).records);
}
