import { userInfo } from 'node:os';

/** Who sets marks from this machine. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run as a user without a name.
    return 'unknown';
  }
}
