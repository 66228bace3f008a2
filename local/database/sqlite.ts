import type { DatabaseSync, DatabaseSyncOptions } from 'node:sqlite';

/**
 * Opens a file with Node's own SQLite. It is asked for here and not imported, so that a program on an older Node can import
 * the library, use a deployed stage, and be told what a stage on this machine needs.
 */
export function openSqlite(path: string, options: DatabaseSyncOptions): DatabaseSync {
  const sqlite = process.getBuiltinModule('node:sqlite');
  if (sqlite === undefined) {
    throw new Error(
      `a stage on this machine needs Node 22.13 or later, and this is ${process.version}: update Node, or run \`npx pressrun\`, ` +
        'which brings its own',
    );
  }
  return new sqlite.DatabaseSync(path, options);
}
