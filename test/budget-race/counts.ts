import type { BatchId } from '../../shared/domain/ids.ts';
import { countedMicro } from '../../shared/domain/money/charge.ts';
import type { Effects } from '../../shared/pipeline/effects.ts';
import { chargesIn } from '../support/ledger.ts';

/** What the charges of a batch add up to, one by one. */
export async function countsOf(effects: Pick<Effects, 'table'>, batch: BatchId) {
  const charges = (await chargesIn(effects)).filter((charge) => charge.batch === batch);
  return {
    chargedMicro: charges.reduce((sum, { creditsMicro }) => sum + creditsMicro, 0),
    countedMicro: charges.reduce((sum, charge) => sum + countedMicro(charge), 0),
  };
}
