import type { DatabaseSync, DatabaseSyncOptions } from 'node:sqlite';
import { ConfigError } from '../../shared/runtime/config-error.ts';

/**
 * Opens a file with Node's own SQLite. Asks for the module here and doesn't import it, so that a program on an older Node can
 * import the library and use a deployed stage. Throws `ConfigError` if this Node has no SQLite, or an early one.
 */
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
