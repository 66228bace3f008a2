/** A contract with scripts. */
export const EXIT = {
  ok: 0,
  /** A usage or internal error. */
  error: 1,
  /** Some items failed, were cancelled, or rows rejected; or a check found a difference. */
  incomplete: 2,
  /** Paused until you act. */
  paused: 3,
  /** Interrupted; rerun to resume. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
