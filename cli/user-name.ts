import { userInfo } from 'node:os';

/** Who works at this machine: submits files, sets marks. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run as a user without a name.
    return 'unknown';
  }
}
