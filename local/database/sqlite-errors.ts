/** SQLite's codes that matter here (sqlite.org/rescode.html). */
const CODES = { busy: 5, readOnly: 8, io: 10, corrupt: 11, full: 13, notADatabase: 26 } as const;

/** Extended codes (a busy snapshot, an I/O error while writing) count as their primary one. */
export function isSqliteError(error: unknown, reason: keyof typeof CODES): boolean {
  return errorCode(error) === CODES[reason];
}

/** A fault of disk or file: nothing can be written until you act. */
export function isDiskTrouble(error: unknown): boolean {
  return (['readOnly', 'io', 'corrupt', 'full', 'notADatabase'] as const).some((reason) =>
    isSqliteError(error, reason),
  );
}

/** The error is SQLite's own, not the request's. */
export function isFromSqlite(error: unknown): boolean {
  return errorCode(error) !== undefined;
}

function errorCode(error: unknown): number | undefined {
  if (!(error instanceof Error && 'errcode' in error)) return undefined;
  return typeof error.errcode === 'number' ? error.errcode & 0xff : undefined;
}
