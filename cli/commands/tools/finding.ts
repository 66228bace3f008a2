import { oneLine } from '../../text/one-line.ts';

/** What `doctor` looked at, and what to do if it is not in place. */
export interface Finding {
  readonly check: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** A finding: what `look` tells, or why it could not. */
export async function finding(check: string, look: () => Promise<string>): Promise<Finding> {
  try {
    return { check, ok: true, detail: await look() };
  } catch (error) {
    return { check, ok: false, detail: oneLine(error) };
  }
}
