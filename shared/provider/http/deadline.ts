/** The end of an exchange's time. */
export interface Deadline {
  /** Bytes have arrived. */
  moved(): void;
  clear(): void;
}

/** A timer this late means that the process was stopped: SIGSTOP, a paused machine, or a loop that was blocked. */
const LATE_MS = 200;
/** Time to read what arrived meanwhile, and again for as long as more comes. */
const GRACE_MS = 5_000;

/**
 * Calls `over` after so many milliseconds. Where the process was stopped until then, the answer may lie in its sockets, and
 * may have been paid for: it is read first.
 */
export function startDeadline(ms: number, over: () => void, graceMs = GRACE_MS): Deadline {
  let dueMs = performance.now() + ms;
  let roundsLeft = Math.ceil(ms / graceMs);
  let wasLate = false;
  let hasMoved = false;
  let timer = setTimeout(look, ms);

  function look(): void {
    const isLate = performance.now() - dueMs > LATE_MS;
    if (roundsLeft === 0 || !(isLate || (wasLate && hasMoved))) {
      over();
      return;
    }
    roundsLeft -= 1;
    wasLate = true;
    hasMoved = false;
    dueMs = performance.now() + graceMs;
    timer = setTimeout(look, graceMs);
  }

  return {
    moved: () => {
      hasMoved = true;
    },
    clear: () => clearTimeout(timer),
  };
}
