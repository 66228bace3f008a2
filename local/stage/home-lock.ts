import { join, resolve } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { openSqlite } from '../database/sqlite.ts';
import { isSqliteError } from '../database/sqlite-errors.ts';
import { makePrivateFolder } from './private-folder.ts';
import { readStageFile, type StageFile, writeStageFile } from './stage-file.ts';

type Acquired = OwnedHome | BusyHome;

export interface OwnedHome {
  readonly kind: 'owned';
  /** Names this worker to others; messages sent from now on are received. */
  announce(nowMs: number): Promise<void>;
  release(): void;
}

export interface BusyHome {
  readonly kind: 'busy';
  /** Undefined if no owner has ever written it. */
  readonly owner: StageFile | undefined;
}

/**
 * Makes this process the worker of `<home>/<stage>`, or says which one is. The lock is SQLite's on a file of its own:
 * the system releases it when the process ends, so no stale lock and no reused process id can mislead.
 */
export async function acquireHome(folder: string): Promise<Acquired> {
  await makePrivateFolder(folder);
  const release = lock(lockPath(folder), LOCK_MS);
  if (release === undefined) return { kind: 'busy', owner: await readStageFile(folder) };
  return {
    kind: 'owned',
    announce: (sinceMs) => writeStageFile(folder, { pid: process.pid, sinceMs }),
    release,
  };
}

/** Whether a process, this one included, works in the stage. */
export function isOwned(folder: string): boolean {
  const release = lock(lockPath(folder), 0);
  release?.();
  return release === undefined;
}

/** A look at the lock holds it for a moment. */
const LOCK_MS = 100;

function lockPath(folder: string): string {
  return join(resolve(folder), 'owner.lock');
}

/** Keeps the databases: garbage collection would close them and free their locks. */
const held = new Set<DatabaseSync>();

/** Returns how to unlock, or undefined if the lock is taken. */
function lock(path: string, timeout: number): (() => void) | undefined {
  const database = openSqlite(path, { timeout });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (isSqliteError(error, 'busy')) return undefined;
    throw error;
  }
  held.add(database);
  return () => {
    if (held.delete(database)) database.close();
  };
}
