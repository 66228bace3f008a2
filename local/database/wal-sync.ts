import { type FileHandle, open } from 'node:fs/promises';

/** Brings commits to the disk. */
export interface LogSync {
  /** Resolves when all that was committed before the call would survive a power cut. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Syncs the write-ahead log of a database in the thread pool: a disk that takes long does not keep the process from its
 * other work. SQLite deletes the log only when the last connection closes, so one handle serves for as long as one is open; it
 * holds no lock on the log that closing the handle could lose.
 */
export function createWalSync(databasePath: string): LogSync {
  let opening: Promise<FileHandle> | undefined;
  return {
    sync: async () => {
      // Windows syncs only what may be written to.
      opening ??= open(`${databasePath}-wal`, 'r+');
      await (await opening).datasync();
    },
    close: async () => {
      await (await opening)?.close();
      opening = undefined;
    },
  };
}
