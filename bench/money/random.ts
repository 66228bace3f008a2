/** One of several, each as likely as its share says; undefined beyond their sum. `chance` is in [0, 1). */
export function drawnBy<Of>(chance: number, shares: readonly (readonly [Of, number])[]): Of | undefined {
  let left = chance;
  for (const [one, share] of shares) {
    if (left < share) return one;
    left -= share;
  }
  return undefined;
}

/** mulberry32. */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function hexOf(random: () => number, groups: readonly number[]): string {
  const digits = (length: number) =>
    Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join('');
  return groups.map(digits).join('-');
}
