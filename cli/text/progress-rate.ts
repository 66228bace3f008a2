/** A slow start must not affect the rate. */
const WINDOW_MS = 30_000;

/** Items that end in a millisecond, lately. */
export function createProgressRate(now: () => number): { after(ended: number): number } {
  const seen: { readonly atMs: number; readonly ended: number }[] = [];

  function after(ended: number): number {
    const atMs = now();
    seen.push({ atMs, ended });
    while (seen.length > 2 && atMs - (seen[0]?.atMs ?? atMs) > WINDOW_MS) seen.shift();
    const first = seen[0];
    if (first === undefined || atMs <= first.atMs) return 0;
    return Math.max(0, ended - first.ended) / (atMs - first.atMs);
  }

  return { after };
}
