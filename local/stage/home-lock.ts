import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { oneAtATime } from '../disk-store/one-at-a-time.ts';
import { endLeftover } from './leftover.ts';
import { readStageFile, type StageFile, writeStageFile } from './stage-file.ts';

export type Acquired =
  | OwnedHome
  | {
      readonly kind: 'busy';
      /** 0 where the owner has not said yet. */
      readonly pid: number;
      readonly sinceMs: number;
      /** Missing while the owner is still starting. */
      readonly endpoints: StageFile['endpoints'];
    };

export interface OwnedHome {
  readonly kind: 'owned';
  /** `<home>/<stage>`, absolute. */
  readonly folder: string;
  /** Adds to the stage file, for other commands and for the next owner. */
  record(facts: Partial<StageFile>): Promise<void>;
  release(): void;
}

/**
 * Makes this process the one owner of `<home>/<stage>`, or says who is. Whatever a crashed owner left running is ended.
 *
 * The lock is SQLite's on a file of its own, so the operating system gives it back when the process ends, however it ends:
 * there is no stale lock to judge, and no process id that could mean another process by now.
 */
export async function acquireHome(home: string, stage: string, nowMs: number): Promise<Acquired> {
  const folder = resolve(home, stage);
  await mkdir(folder, { recursive: true });
  const release = lock(join(folder, 'owner.lock'));
  const before = await readStageFile(folder);
  if (release === undefined) {
    return {
      kind: 'busy',
      pid: before?.pid ?? 0,
      sinceMs: before?.sinceMs ?? nowMs,
      endpoints: before?.endpoints,
    };
  }
  try {
    if (before?.dynoxide) await endLeftover(before.dynoxide);
    let content: StageFile = { pid: process.pid, sinceMs: nowMs };
    await writeStageFile(folder, content);
    const inTurn = oneAtATime();
    const record = (facts: Partial<StageFile>) => {
      content = { ...content, ...facts };
      return inTurn(folder, () => writeStageFile(folder, content));
    };
    return { kind: 'owned', folder, record, release };
  } catch (error) {
    release();
    throw error;
  }
}

const sqliteBusy = 5;
/** Held on to: a database that nobody refers to is closed by the garbage collector, and its lock with it. */
const held = new Set<DatabaseSync>();

/** Gives the function that unlocks, or undefined where another process (or another owner in this one) has the lock. */
function lock(path: string): (() => void) | undefined {
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy) return undefined;
    throw error;
  }
  held.add(database);
  return () => {
    if (held.delete(database)) database.close();
  };
}
