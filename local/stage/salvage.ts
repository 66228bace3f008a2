import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { TableRow } from '../../shared/pipeline/ports.ts';
import { openDatabase } from '../database/open-database.ts';
import { openSqlite } from '../database/sqlite.ts';
import { readJournal } from '../disk-store/record-journal.ts';
import { rowOfText } from '../table/stored-row.ts';

export interface Salvaged {
  /** Where the damaged table is kept; undefined if it was whole. */
  readonly damaged?: string;
  /** Its readable rows. */
  readonly rows: readonly TableRow[];
}

const TABLE = 'stage.sqlite';

/** Replaces a damaged table by one with all that is known of stored objects. Keeps the old under `stamp`. Needs the stage's lock. */
export async function salvageTable(folder: string, stamp: string): Promise<Salvaged> {
  const path = join(folder, TABLE);
  if (existsSync(path) && isWhole(path)) {
    await fillRecords(path, folder, new Map());
    return { rows: [] };
  }
  const found = existsSync(path) ? readLeft(path) : { rows: [], objects: new Map<string, string>() };
  const damaged = `${path}.damaged-${stamp}`;
  if (existsSync(path)) await rename(path, damaged);
  for (const ending of ['-wal', '-shm']) await rm(path + ending, { force: true });
  await fillRecords(path, folder, found.objects);
  return existsSync(damaged) ? { damaged, rows: found.rows } : { rows: found.rows };
}

function isWhole(path: string): boolean {
  try {
    const database = openDatabase(path);
    try {
      return database.prepare('PRAGMA quick_check(1)').get()?.quick_check === 'ok';
    } finally {
      database.close();
    }
  } catch {
    return false;
  }
}

/** Reads from both ends up to the damage. */
function readLeft(path: string): { rows: TableRow[]; objects: Map<string, string> } {
  const rows = new Map<string, TableRow>();
  const objects = new Map<string, string>();
  try {
    const database = openSqlite(path, { readOnly: true });
    for (const order of ['ASC', 'DESC']) {
      each(database, `SELECT pk, sk, fields FROM rows ORDER BY pk ${order}, sk ${order}`, (row) => {
        const [pk, sk] = [String(row.pk), String(row.sk)];
        if (isJson(row.fields)) rows.set(`${pk}\n${sk}`, rowOfText(pk, sk, row.fields));
      });
      each(database, `SELECT key, records FROM objects ORDER BY key ${order}`, (row) => {
        if (isJson(row.records)) objects.set(String(row.key), String(row.records));
      });
    }
    database.close();
  } catch {
    // Without SQLite, the journal has what there is.
  }
  return { rows: [...rows.values()], objects };
}

function each(database: DatabaseSync, query: string, see: (row: Record<string, unknown>) => void): void {
  try {
    for (const row of database.prepare(query).iterate()) see(row);
  } catch {
    // The rest is behind the damage; the other direction may reach it.
  }
}

/** A long text spans pages, one of which may be damaged. */
function isJson(text: unknown): boolean {
  try {
    JSON.parse(String(text));
    return true;
  } catch {
    return false;
  }
}

async function fillRecords(
  path: string,
  folder: string,
  objects: ReadonlyMap<string, string>,
): Promise<void> {
  const database = openDatabase(path);
  try {
    const insert = database.prepare('INSERT OR IGNORE INTO objects VALUES (?, ?)');
    database.exec('BEGIN IMMEDIATE');
    for (const [key, records] of objects) insert.run(key, records);
    for (const [key, records] of await readJournal(join(folder, 'objects')))
      insert.run(key, JSON.stringify(records));
    database.exec('COMMIT');
  } finally {
    database.close();
  }
}
