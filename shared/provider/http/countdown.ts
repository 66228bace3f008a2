/** A time-out that can stand still. */
export interface Countdown {
  readonly ms: number;
  /** Aborted when so much time has passed while it ran. */
  readonly signal: AbortSignal;
  /** Stands still until the promise has settled. */
  pauseFor(wait: Promise<unknown>): void;
  /** To be called at the end, whatever came of it. */
  stop(): void;
}

export function startCountdown(ms: number): Countdown {
  const end = new AbortController();
  let leftMs = ms;
  let pauses = 0;
  let isStopped = false;
  let startedMs = performance.now();
  let timer = setTimeout(() => end.abort(), leftMs);

  function resume(): void {
    pauses -= 1;
    if (pauses > 0 || isStopped) return;
    startedMs = performance.now();
    timer = setTimeout(() => end.abort(), leftMs);
  }

  return {
    ms,
    signal: end.signal,
    pauseFor(wait) {
      pauses += 1;
      if (pauses === 1) {
        clearTimeout(timer);
        leftMs = Math.max(0, leftMs - (performance.now() - startedMs));
      }
      wait.then(resume, resume);
    },
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
