/** What SQLite says (sqlite.org/rescode.html), as far as anybody here acts on it. */
const CODES = { busy: 5, readOnly: 8, io: 10, corrupt: 11, full: 13, notADatabase: 26 } as const;

/** Whether SQLite failed for this reason; extended codes (a busy snapshot, an I/O error while writing) count as their primary one. */
export function isSqliteError(error: unknown, reason: keyof typeof CODES): boolean {
  return errorCode(error) === CODES[reason];
}

/** Whether the disk or the file is at fault, so that nothing can be written until somebody helps. */
export function isDiskTrouble(error: unknown): boolean {
  return (['readOnly', 'io', 'corrupt', 'full', 'notADatabase'] as const).some((reason) =>
    isSqliteError(error, reason),
  );
}

/** Whether the error is SQLite's own, and not of what was asked of it. */
export function isFromSqlite(error: unknown): boolean {
  return errorCode(error) !== undefined;
}

function errorCode(error: unknown): number | undefined {
  if (!(error instanceof Error && 'errcode' in error)) return undefined;
  return typeof error.errcode === 'number' ? error.errcode & 0xff : undefined;
}
