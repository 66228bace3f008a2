/** An error whose message is for people: one line, what happened, where, and what to do. Printed without a stack. */
export class UsageError extends Error {
  override name = 'UsageError';
}
