import type { ProvenCharge } from '../../domain/statement/proven-charges.ts';
import type { Effects } from '../effects.ts';
import { type Author, correct, type Settlement, settlementId } from './corrections.ts';

/**
 * Records what is proven as corrections: nothing is in doubt of these calls any more, and budgets get the room back. A charge
 * that became known meanwhile stays as it is.
 */
export async function settle(
  effects: Pick<Effects, 'table' | 'clock'>,
  proven: readonly ProvenCharge[],
  author: Author,
): Promise<Settlement> {
  const settlement = settlementId(effects);
  const figures = proven.map(({ charge, creditsMicro }) => ({
    charge,
    after: { creditsMicro, creditsMaxMicro: creditsMicro },
  }));
  return await correct(effects, { settlement, ...author }, figures);
}
