/** Exit codes of the command: a contract with scripts. */
export const EXIT = {
  ok: 0,
  /** A usage or internal error. */
  error: 1,
  /** Finished, but some items failed or were cancelled, or rows were rejected; or a check found a difference. */
  incomplete: 2,
  /** Paused: a person has to help. */
  paused: 3,
  /** Interrupted; all is kept, and the same command resumes. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
