/** An error for people, in one line: what happened, where, what to do. Printed without a stack. */
export class UsageError extends Error {
  override name = 'UsageError';
}
