import { queuedMs } from './processes.ts';

/** How long a home stood still after a kill. */
export interface Waits {
  /** A process was killed; another one follows. */
  begin(): Promise<void>;
  /** Call often, with the process that followed: something may have moved. Throws if nothing did for long. */
  look(pid: number): Promise<void>;
  /** That process has ended by itself. */
  end(): void;
  longestMs(): number;
}

interface Seen {
  readonly sign: string;
  readonly sinceMs: number;
  readonly queuedBeforeMs: number;
}

const LOOK_MS = 250;
const STUCK_MS = 120_000;

/**
 * The longest time in which `progress` stayed the same, from a kill to the end of the process that followed. What that
 * process waited for a processor is not counted: other jobs of the machine would make it any figure.
 */
export function measureWaits(progress: () => Promise<string>): Waits {
  let longestMs = 0;
  let lookedMs = 0;
  let queued = 0;
  let seen: Seen | undefined;
  const waitedMs = ({ sinceMs, queuedBeforeMs }: Seen) =>
    performance.now() - sinceMs - (queued - queuedBeforeMs);
  const end = () => {
    if (seen !== undefined) longestMs = Math.max(longestMs, waitedMs(seen));
    seen = undefined;
  };
  const begin = (sign: string, sinceMs: number) => {
    end();
    seen = { sign, sinceMs, queuedBeforeMs: queued };
  };
  return {
    begin: async () => {
      const sinceMs = performance.now();
      end();
      queued = 0;
      begin(await progress(), sinceMs);
    },
    look: async (pid) => {
      const nowMs = performance.now();
      if (seen === undefined || nowMs - lookedMs < LOOK_MS) return;
      lookedMs = nowMs;
      queued = queuedMs(pid) ?? queued;
      const sign = await progress();
      if (sign !== seen.sign) begin(sign, nowMs);
      else if (waitedMs(seen) > STUCK_MS) throw new Error(`stands still for ${STUCK_MS / 1_000} s: ${sign}`);
    },
    end,
    longestMs: () => longestMs,
  };
}
