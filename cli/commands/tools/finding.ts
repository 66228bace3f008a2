/** What `doctor` looked at, and what to do where it is not in place. */
export interface Finding {
  readonly check: string;
  readonly ok: boolean;
  readonly detail: string;
}
