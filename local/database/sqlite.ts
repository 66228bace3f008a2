import type { DatabaseSync, DatabaseSyncOptions } from 'node:sqlite';
import { ConfigError } from '../../shared/runtime/config-error.ts';

/** Opens a file with Node's SQLite, loaded here so that the library runs on an older Node. Throws `ConfigError` without it. */
export function openSqlite(path: string, options: DatabaseSyncOptions): DatabaseSync {
  const sqlite = process.getBuiltinModule('node:sqlite');
  if (sqlite === undefined || !('setReturnArrays' in sqlite.StatementSync.prototype)) {
    throw new ConfigError(
      `a stage on this machine needs Node 22.18 or later, and this is ${process.version}: update Node, ` +
        'or run `npm install node@24` and start your program with `npx node`',
    );
  }
  return new sqlite.DatabaseSync(path, options);
}
