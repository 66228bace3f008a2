import { type FileHandle, open } from 'node:fs/promises';

export interface LogSync {
  /** Resolves when all earlier commits would survive a power cut. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Syncs a database's write-ahead log in the thread pool. SQLite deletes the log with the last connection, so one handle
 * serves as long as one is open; it holds no lock that closing it could lose.
 */
export function createWalSync(databasePath: string): LogSync {
  let opening: Promise<FileHandle> | undefined;
  return {
    sync: async () => {
      // Windows syncs only writable files.
      opening ??= open(`${databasePath}-wal`, 'r+');
      await (await opening).datasync();
    },
    close: async () => {
      await (await opening)?.close();
      opening = undefined;
    },
  };
}
