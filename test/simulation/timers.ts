import type { Process } from './process.ts';

interface Timer {
  readonly atMs: number;
  /** Nothing of a dead process happens any more, and what is due of a frozen one waits. */
  readonly of: Process | undefined;
  readonly act: () => void;
}

/** What is to happen at times to come, the earliest first, and of one time in the order in which it was set. */
interface Timers {
  set(timer: Timer): Timer;
  cancel(timer: Timer): void;
  /** What is due of a process that stood still continues now. */
  thaw(process: Process, frozenUntilMs: number, nowMs: number): void;
  nextAtMs(): number;
  /** Takes the first that is due; undefined where none is. */
  takeDue(nowMs: number): Timer | undefined;
}

/** A list is enough: a run has a dozen or two at a time. */
export function createTimers(): Timers {
  const timers: Timer[] = [];

  function set(timer: Timer): Timer {
    let at = timers.length;
    while (at > 0 && (timers[at - 1]?.atMs ?? 0) > timer.atMs) at -= 1;
    timers.splice(at, 0, timer);
    return timer;
  }

  function cancel(timer: Timer): void {
    const at = timers.indexOf(timer);
    if (at >= 0) timers.splice(at, 1);
  }

  return {
    set,
    cancel,
    thaw: (process, frozenUntilMs, nowMs) => {
      for (const timer of timers.filter(({ of, atMs }) => of === process && atMs === frozenUntilMs)) {
        cancel(timer);
        set({ ...timer, atMs: nowMs });
      }
    },
    nextAtMs: () => timers[0]?.atMs ?? Number.POSITIVE_INFINITY,
    takeDue: (nowMs) => ((timers[0]?.atMs ?? Number.POSITIVE_INFINITY) <= nowMs ? timers.shift() : undefined),
  };
}
