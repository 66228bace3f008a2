/** What a provider with a hidden limit does to a call: 0 lets it in, else how long it asks to wait. */
export type Limiter = (nowMs: number) => number;
/** Requests a minute, as they are at a time. */
export type LimitAt = (nowMs: number) => number;

/** A bucket that refills evenly, ten seconds' worth at once, as the simulator has it (local/simulator/gate.ts). */
export function tokenBucket(limitAt: LimitAt): Limiter {
  let level: number | undefined;
  let filledAtMs = 0;
  return (nowMs) => {
    const perMs = limitAt(nowMs) / 60_000;
    const capacity = Math.max(1, limitAt(nowMs) / 6);
    level = Math.min(capacity, (level ?? capacity) + (nowMs - filledAtMs) * perMs);
    filledAtMs = nowMs;
    if (level < 1) return Math.ceil((1 - level) / perMs);
    level -= 1;
    return 0;
  };
}

/** So many in any minute that has just passed. */
export function slidingWindow(limitAt: LimitAt): Limiter {
  let taken: number[] = [];
  return (nowMs) => {
    taken = taken.filter((atMs) => atMs > nowMs - 60_000);
    const oldest = taken.at(-limitAt(nowMs));
    if (oldest !== undefined) return oldest + 60_001 - nowMs;
    taken.push(nowMs);
    return 0;
  };
}
