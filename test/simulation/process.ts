/** Something that works in the simulated world and can die: a Lambda's sandbox, or the one process of an embedded stage. */
export interface Process {
  readonly name: string;
  /** How far its clock is off. */
  readonly skewMs: number;
  dead: boolean;
  /** Until then it stands still, as a sandbox that is frozen or starved does. */
  frozenUntilMs: number;
  /** Invocations and the like that have begun and are not over. */
  busy: number;
  /** Ids of messages that it has received and is not done with. */
  readonly inHand: Set<string>;
  /** What happens to the world when it dies. */
  onDeath: () => void;
}

export function createProcess(name: string, skewMs = 0): Process {
  return {
    name,
    skewMs,
    dead: false,
    frozenUntilMs: 0,
    busy: 0,
    inHand: new Set(),
    onDeath: () => undefined,
  };
}
