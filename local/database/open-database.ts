import type { DatabaseSync } from 'node:sqlite';
import { openSqlite } from './sqlite.ts';
import { isSqliteError } from './sqlite-errors.ts';

/** "prun": distinguishes our files from other programs'. */
const APPLICATION_ID = 0x7072_756e;
const SCHEMA_VERSION = 2;

/** How long a statement waits in SQLite for another writer. */
const BUSY_MS = 1_000;
const MOST_TRIES = 20;

/** An unusable database file, in one line with what to do. */
export class DatabaseFileError extends Error {
  override name = 'DatabaseFileError';
}

/** Opens or makes a stage's database; many processes may. Throws `DatabaseFileError` on another program's or a newer file. */
export function openDatabase(path: string): DatabaseSync {
  const database = openSqlite(path, { timeout: BUSY_MS });
  try {
    prepare(database, path);
    return database;
  } catch (error) {
    database.close();
    if (!isSqliteError(error, 'notADatabase')) throw error;
    throw new DatabaseFileError(
      `${path} is damaged, or not a pressrun database. \`pressrun repair\` rebuilds it from the stored images; or use another --home`,
      {
        cause: error,
      },
    );
  }
}

/** WAL: readers and writer never wait for each other. NORMAL: `committer.ts` syncs commits off the main thread, many at once. */
function prepare(database: DatabaseSync, path: string): void {
  // Of a new file: the usual 4,096 bytes put each item and object, of about 1,000, on a page of its own beside its key's.
  database.exec('PRAGMA page_size = 8192');
  // Changing the journal's mode fails at once if another process does it, too.
  untilNotBusy(() => database.exec('PRAGMA journal_mode = WAL'));
  database.exec(`
    PRAGMA synchronous = NORMAL;
    PRAGMA checkpoint_fullfsync = ON;
    PRAGMA wal_autocheckpoint = 2000;
    PRAGMA cache_size = -16000;
  `);
  if (versionOf(database, path) === SCHEMA_VERSION) return;
  database.exec('BEGIN IMMEDIATE');
  try {
    if (versionOf(database, path) < SCHEMA_VERSION) database.exec(SCHEMA);
    database.exec('COMMIT');
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

/** `rows` is `ports.ts`' table: keys in UTF-8 byte order, other fields JSON. `turn` orders messages; `ready` shows them. */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS rows (
    pk TEXT NOT NULL,
    sk TEXT NOT NULL,
    fields TEXT NOT NULL,
    PRIMARY KEY (pk, sk)
  ) WITHOUT ROWID, STRICT;
  CREATE TABLE IF NOT EXISTS objects (
    key TEXT PRIMARY KEY,
    records TEXT NOT NULL
  ) WITHOUT ROWID, STRICT;
  CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    queue TEXT NOT NULL,
    message_group TEXT NOT NULL,
    body TEXT NOT NULL,
    turn INTEGER NOT NULL,
    ready INTEGER NOT NULL,
    visible_at_ms INTEGER NOT NULL,
    sent_at_ms INTEGER NOT NULL,
    receives INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS messages_ready ON messages (queue, turn) WHERE ready = 1;
  CREATE INDEX IF NOT EXISTS messages_hidden ON messages (queue, visible_at_ms) WHERE ready = 0;
  CREATE INDEX IF NOT EXISTS messages_group ON messages (queue, message_group, turn);
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

/** 0 for a new file. */
function versionOf(database: DatabaseSync, path: string): number {
  const version = pragma(database, 'user_version');
  const application = pragma(database, 'application_id');
  if (application !== APPLICATION_ID && (application !== 0 || version !== 0)) {
    throw new DatabaseFileError(`${path} is another program's database. Use another --home`);
  }
  if (version > SCHEMA_VERSION) {
    throw new DatabaseFileError(
      `${path} was made by a newer pressrun. Update pressrun, or use another --home`,
    );
  }
  return version;
}

function pragma(database: DatabaseSync, name: 'user_version' | 'application_id'): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name] ?? 0);
}

function untilNotBusy(act: () => void): void {
  for (let tries = 1; ; tries += 1) {
    try {
      act();
      return;
    } catch (error) {
      if (!isSqliteError(error, 'busy') || tries >= MOST_TRIES) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, tries);
    }
  }
}
