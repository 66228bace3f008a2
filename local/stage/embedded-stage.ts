import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { VISIBILITY_SECONDS } from '../../shared/pipeline/image/heartbeat.ts';
import type { Clock, ObjectStore, Queue, Table } from '../../shared/pipeline/ports.ts';
import { createCommitter } from '../database/committer.ts';
import { diskReserve } from '../database/disk-reserve.ts';
import { DatabaseFileError, openDatabase } from '../database/open-database.ts';
import { createWalSync } from '../database/wal-sync.ts';
import { diskStore, removePartialFiles } from '../disk-store/disk-store.ts';
import { recordJournal } from '../disk-store/record-journal.ts';
import { sqliteRecords } from '../disk-store/sqlite-records.ts';
import { sqliteQueue } from '../queue/sqlite-queue.ts';
import { sqliteTable } from '../table/sqlite-table.ts';
import { makePrivateFile, makePrivateFolder } from './private-folder.ts';

/** A stage on this machine: a database file and a folder of objects, for any number of processes. */
export interface EmbeddedStage {
  readonly table: Table;
  readonly store: ObjectStore;
  readonly workQueue: Queue;
  readonly ingestQueue: Queue;
  /** Removes dead processes' messages and half-written files, and reserves disk space. Only for the stage's worker. */
  clearLeftovers(): Promise<void>;
  /** Why its table can't be written any more. */
  trouble(): unknown;
  close(): Promise<void>;
}

/** Longer than between two checkpoints of ingest, which does not renew. */
const INGEST_VISIBILITY_SECONDS = 900;

/** Opens or makes the stage in a folder. Throws `DatabaseFileError` for another version's. */
export async function openEmbeddedStage(folder: string, clock: Clock): Promise<EmbeddedStage> {
  await makePrivateFolder(folder);
  const path = join(folder, 'stage.sqlite');
  refuseOldStage(folder, path);
  const database = openDatabase(path);
  await makePrivateFile(path);
  const log = createWalSync(path);
  const reserve = diskReserve(join(folder, 'reserve'));
  const committer = createCommitter({ database, log, reserve, random: Math.random });
  const queue = { database, committer, clock };
  const objects = join(folder, 'objects');
  return {
    table: sqliteTable({ database, committer }),
    store: diskStore(objects, sqliteRecords({ database, committer, journal: recordJournal(objects) })),
    workQueue: sqliteQueue({ ...queue, name: 'work', visibilitySeconds: VISIBILITY_SECONDS }),
    ingestQueue: sqliteQueue({ ...queue, name: 'ingest', visibilitySeconds: INGEST_VISIBILITY_SECONDS }),
    clearLeftovers: async () => {
      reserve.allocate();
      await removePartialFiles(objects);
      await committer.commit(() => forgetMessages(database), 'lazy');
    },
    trouble: committer.trouble,
    close: async () => {
      await committer.close();
      await log.close();
      if (database.isOpen) database.close();
    },
  };
}

/** The next worker sends them again from the table. */
function forgetMessages(database: DatabaseSync): void {
  database.exec('DELETE FROM messages');
}

/** pressrun 0.1's table was dynoxide's, in a file of its own. */
function refuseOldStage(folder: string, path: string): void {
  const old = join(folder, 'table.db');
  if (!existsSync(old) || existsSync(path)) return;
  throw new DatabaseFileError(
    `${folder} was made by pressrun 0.1 (table.db), which this version does not read; nothing in it is changed. ` +
      `Start afresh with another --home, or move the folder away; its images are in ${join(folder, 'objects')}`,
  );
}
