/** The end of an exchange's time. */
export interface Deadline {
  /** Bytes have arrived. */
  moved(): void;
  /** Stops until the promise has settled. */
  pauseFor(wait: Promise<unknown>): void;
  clear(): void;
}

/** One deadline for several exchanges, which aborts `signal`. */
export interface Countdown extends Deadline {
  readonly ms: number;
  readonly signal: AbortSignal;
}

/** Clear it in any case. */
export function startCountdown(ms: number): Countdown {
  const end = new AbortController();
  return { ...startDeadline(ms, () => end.abort()), ms, signal: end.signal };
}

/** A timer this late means that the process was stopped, suspended or blocked. */
const LATE_MS = 200;
/** Time to read what arrived meanwhile, repeated while more comes. */
const GRACE_MS = 5_000;

/** Calls `over` after so long. If the process was stopped meanwhile, it first reads what sockets hold: it may be paid for. */
export function startDeadline(ms: number, over: () => void, graceMs = GRACE_MS): Deadline {
  let dueMs = performance.now() + ms;
  let roundsLeft = Math.ceil(ms / graceMs);
  let wasLate = false;
  let hasMoved = false;
  let isOver = false;
  let timer = setTimeout(look, ms);

  function look(): void {
    const isLate = performance.now() - dueMs > LATE_MS;
    if (roundsLeft === 0 || !(isLate || (wasLate && hasMoved))) {
      isOver = true;
      over();
      return;
    }
    roundsLeft -= 1;
    wasLate = true;
    hasMoved = false;
    dueMs = performance.now() + graceMs;
    timer = setTimeout(look, graceMs);
  }

  function pauseFor(wait: Promise<unknown>): void {
    const leftMs = Math.max(0, dueMs - performance.now());
    clearTimeout(timer);
    const resume = () => {
      if (isOver) return;
      dueMs = performance.now() + leftMs;
      timer = setTimeout(look, leftMs);
    };
    wait.then(resume, resume);
  }

  return {
    moved: () => {
      hasMoved = true;
    },
    pauseFor,
    clear: () => {
      isOver = true;
      clearTimeout(timer);
    },
  };
}
