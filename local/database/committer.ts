import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { setImmediate, setTimeout } from 'node:timers/promises';
import type { DiskReserve } from './disk-reserve.ts';
import { isDiskTrouble, isFromSqlite, isSqliteError } from './sqlite-errors.ts';
import type { LogSync } from './wal-sync.ts';

/** `durable` survives a power cut. `lazy` survives the death of a process: for what can be computed again. */
type Durability = 'durable' | 'lazy';

/** Runs work in transactions, many pieces in each (group commit). */
export interface Committer {
  /** Does the work in a transaction and resolves on commit. Work that throws must have changed nothing: the others commit. */
  commit<Result>(work: () => Result, durability: Durability): Promise<Result>;
  /** Why writing has stopped, if so. */
  trouble(): unknown;
  /** Ends when all work is done. */
  close(): Promise<void>;
}

interface CommitterOptions {
  readonly database: DatabaseSync;
  readonly log: LogSync;
  readonly reserve: Pick<DiskReserve, 'giveUp'>;
  /** In [0, 1). */
  readonly random: () => number;
}

/** The disk did not take a commit: its state is unknown until it is opened again. */
class DiskError extends Error {
  override name = 'DiskError';
}

interface Waiting {
  readonly durability: Durability;
  /** Returns what to call on commit. */
  readonly run: () => () => void;
  readonly fail: (error: unknown) => void;
}

/** Bounds how long others wait for a transaction. */
const MOST_IN_GROUP = 500;
/** A process that holds the database for longer is stopped or hangs. */
const BUSY_FOR_MS = 60_000;
const BUSY_WAIT_MS = 5;

export function createCommitter({ database, log, reserve, random }: CommitterOptions): Committer {
  const waiting: Waiting[] = [];
  let flushing: Promise<void> | undefined;
  let broken: DiskError | undefined;
  let trouble: unknown;
  const begin = database.prepare('BEGIN IMMEDIATE');
  const end = database.prepare('COMMIT');

  function commit<Result>(work: () => Result, durability: Durability): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      const run = () => {
        const result = work();
        return () => resolve(result);
      };
      waiting.push({ durability, run, fail: reject });
      flushing ??= flush();
    });
  }

  async function flush(): Promise<void> {
    while (waiting.length > 0) {
      // Others that write in this turn of the loop join.
      await setImmediate();
      const group = waiting.splice(0, MOST_IN_GROUP);
      try {
        await commitGroup(group);
        trouble = undefined;
      } catch (error) {
        if (error instanceof DiskError || isDiskTrouble(error)) trouble = error;
        for (const { fail } of group) fail(error);
      }
    }
    flushing = undefined;
  }

  async function commitGroup(group: readonly Waiting[]): Promise<void> {
    if (broken !== undefined) throw broken;
    await untilBegun(begin, random);
    const committed = await inRoomyTransaction(group);
    if (group.some(({ durability }) => durability === 'durable')) await syncLog();
    for (const resolve of committed) resolve();
  }

  /** On a full disk, once more in the reserved space. */
  async function inRoomyTransaction(group: readonly Waiting[]): Promise<Array<() => void>> {
    try {
      return inTransaction(group);
    } catch (error) {
      if (!isSqliteError(error, 'full') || !reserve.giveUp()) throw error;
      await untilBegun(begin, random);
      return inTransaction(group);
    }
  }

  function inTransaction(group: readonly Waiting[]): Array<() => void> {
    try {
      const committed = runEach(group);
      end.run();
      return committed;
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      throw error;
    }
  }

  /** A second sync after a failed one may succeed without the data on disk. */
  async function syncLog(): Promise<void> {
    try {
      await log.sync();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      broken = new DiskError(`the disk did not take what was written: ${reason}`, { cause: error });
      throw broken;
    }
  }

  return { commit, trouble: () => trouble, close: async () => void (await flushing) };
}

async function untilBegun(begin: StatementSync, random: CommitterOptions['random']): Promise<void> {
  for (const sinceMs = performance.now(); ; ) {
    try {
      begin.run();
      return;
    } catch (error) {
      if (!isSqliteError(error, 'busy') || performance.now() - sinceMs > BUSY_FOR_MS) throw error;
      await setTimeout(BUSY_WAIT_MS * random());
    }
  }
}

/** A failed piece fails alone; a refused transaction ends for all. */
function runEach(group: readonly Waiting[]): Array<() => void> {
  return group.flatMap(({ run, fail }) => {
    try {
      return run();
    } catch (error) {
      if (isFromSqlite(error)) throw error;
      fail(error);
      return [];
    }
  });
}
