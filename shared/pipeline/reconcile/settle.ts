import type { ProvenCharge } from '../../domain/statement/proven-charges.ts';
import type { Effects } from '../effects.ts';
import { type Author, correct, type Settlement, settlementId } from './corrections.ts';

/** Records proven charges as corrections and releases their room in budgets. Charges known meanwhile stay. */
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
