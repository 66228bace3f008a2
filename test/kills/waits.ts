/** How long a home stood still after a kill. */
export interface Waits {
  /** A process was killed; another one follows. */
  begin(): Promise<void>;
  /** Call often: something may have moved. Throws where nothing did for a minute. */
  look(): Promise<void>;
  /** The process that followed has ended by itself. */
  end(): void;
  longestMs(): number;
}

const LOOK_MS = 250;
const STUCK_MS = 60_000;

/** The longest time in which `progress` stayed the same, from a kill to the end of the process that followed. */
export function measureWaits(progress: () => Promise<string>): Waits {
  let longestMs = 0;
  let lookedMs = 0;
  let seen: { readonly sign: string; readonly sinceMs: number } | undefined;
  const end = () => {
    if (seen !== undefined) longestMs = Math.max(longestMs, performance.now() - seen.sinceMs);
    seen = undefined;
  };
  return {
    begin: async () => {
      const sinceMs = performance.now();
      end();
      seen = { sign: await progress(), sinceMs };
    },
    look: async () => {
      const nowMs = performance.now();
      if (seen === undefined || nowMs - lookedMs < LOOK_MS) return;
      lookedMs = nowMs;
      const sign = await progress();
      if (sign === seen.sign && nowMs - seen.sinceMs < STUCK_MS) return;
      if (sign === seen.sign) throw new Error(`stands still for ${STUCK_MS / 1_000} s: ${sign}`);
      end();
      seen = { sign, sinceMs: nowMs };
    },
    end,
    longestMs: () => longestMs,
  };
}
