import { createHash } from 'node:crypto';

/** Larger numbers of combinations are not exact. */
export const MOST_COMBINATIONS = 2 ** 48;

export function combinationCount(sizes: readonly number[]): number {
  return sizes.reduce((product, size) => product * size, 1);
}

/** The choices (each from 0) of one combination, by its number from 0; the last choice changes first. */
export function combinationAt(sizes: readonly number[], index: number): number[] {
  const choices: number[] = [];
  let rest = index;
  for (const size of sizes.toReversed()) {
    choices.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return choices;
}

/** The numbers of all combinations, or of a sample of them, in order; the same seed draws the same. */
export function combinationNumbers(
  total: number,
  sample: number | undefined,
  seed: () => string,
): Iterable<number> {
  return sample === undefined || sample >= total ? countTo(total) : drawn(total, sample, seed());
}

function* countTo(total: number): Iterable<number> {
  for (let number = 0; number < total; number += 1) yield number;
}

/** Floyd's algorithm: as many draws as there are to be drawn. */
function drawn(total: number, sample: number, seed: string): number[] {
  const numbers = new Set<number>();
  for (let most = total - sample; most < total; most += 1) {
    const draw = drawBelow(most + 1, `${seed}\n${most}`);
    numbers.add(numbers.has(draw) ? most : draw);
  }
  return [...numbers].sort((a, b) => a - b);
}

function drawBelow(limit: number, seed: string): number {
  const random = createHash('sha256').update(seed).digest().readUIntBE(0, 6) / MOST_COMBINATIONS;
  return Math.floor(random * limit);
}
