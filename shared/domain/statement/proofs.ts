import type { Evidence, Explained } from './find-causes.ts';
import type { ReconciledLine } from './reconciliation.ts';

/** What a line proves of its calls without a response. */
export interface Proof {
  /** A day or month of the statement's zone; empty for a total. */
  readonly period: string;
  /** By the provider's name; empty for all models. */
  readonly model: string;
  /** For all of them together. */
  readonly billedMicro: number;
}

/** Rounding must be this much finer than the doubt. */
const LEAST_FINENESS = 10;

/** What a statement proves: lines that only calls without a response, zone, price and rounding make different. */
export function proofsOf(
  { reconciliation: { rows }, unknownMaxMicro }: Explained,
  { roundingOf }: Pick<Evidence, 'roundingOf'>,
  isOfStatement: (period: string) => boolean,
): Proof[] {
  return rows.flatMap((line) => {
    const { day, model, causes } = line;
    const inDoubtMicro = unknownMaxMicro(line);
    const isFine = roundingOf(line) * LEAST_FINENESS <= inDoubtMicro;
    if (inDoubtMicro === 0 || !isOfStatement(day) || !isClear(line) || !isFine) return [];
    const billedMicro = causes.reduce((sum, each) => sum + (each.kind === 'unknown' ? each.micro : 0), 0);
    return [{ period: day, model, billedMicro }];
  });
}

function isClear({ causes }: ReconciledLine): boolean {
  return causes.every(({ kind }) => kind !== 'not-ours' && kind !== 'not-billed');
}

/** An amount in whole shares, none larger than its size, without a rest. */
export function shared(micro: number, sizes: readonly number[]): number[] {
  const total = sizes.reduce((sum, size) => sum + BigInt(size), 0n);
  let [leftMicro, leftSize] = [BigInt(micro), total];
  return sizes.map((size) => {
    const share = leftSize === 0n ? 0n : (leftMicro * BigInt(size)) / leftSize;
    leftMicro -= share;
    leftSize -= BigInt(size);
    return Number(share);
  });
}
