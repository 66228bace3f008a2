import { createHash } from 'node:crypto';

/** A stream of draws that is the same whenever it starts from the same words. */
export interface Random {
  /** In [0, 1). */
  next(): number;
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number;
  chance(probability: number): boolean;
  /** One of a list that is not empty. */
  pick<T>(list: readonly T[]): T;
  /** One of the names, by weight; undefined if no name has any. */
  weighted<K extends string>(weights: Readonly<Partial<Record<K, number>>>): K | undefined;
}

/** A stream of draws from a hash of the words; each decision takes a stream of its own, so that none shifts another. */
export function randomFrom(...words: readonly (string | number)[]): Random {
  const next = sfc32(createHash('sha256').update(JSON.stringify(words)).digest());
  return {
    next,
    between: (low, high) => low + Math.floor(next() * (high - low + 1)),
    chance: (probability) => next() < probability,
    pick: (list) => pickFrom(list, next()),
    weighted: (weights) => pickWeighted(weights, next()),
  };
}

/** A standard normal draw (Box–Muller). */
export function normal(random: Random): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random.next()));
  return radius * Math.cos(2 * Math.PI * random.next());
}

function pickFrom<T>(list: readonly T[], at: number): T {
  const picked = list[Math.floor(at * list.length)];
  if (picked === undefined) throw new Error('nothing to pick from');
  return picked;
}

function pickWeighted<K extends string>(
  weights: Readonly<Partial<Record<K, number>>>,
  at: number,
): K | undefined {
  const names = (Object.keys(weights) as K[]).filter((name) => (weights[name] ?? 0) > 0);
  let left = at * names.reduce((sum, name) => sum + (weights[name] ?? 0), 0);
  return (
    names.find((name) => {
      left -= weights[name] ?? 0;
      return left < 0;
    }) ?? names.at(-1)
  );
}

/** Chris Doty-Humphrey's sfc32: small, quick and more than even enough for a simulator. */
function sfc32(seed: Buffer): () => number {
  let [a, b, c, d] = [seed.readInt32LE(0), seed.readInt32LE(4), seed.readInt32LE(8), 1];
  return () => {
    const sum = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
}
