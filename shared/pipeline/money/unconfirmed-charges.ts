import type { BatchId } from '../../domain/ids.ts';
import { type Charge, unknownMaxMicro } from '../../domain/money/charge.ts';
import { dayOfMs } from '../../domain/time/calendar.ts';
import { UTC } from '../../domain/time/time-zone.ts';
import type { Effects } from '../effects.ts';
import { chargeKey, rowToCharge } from '../rows/charge-row.ts';
import { queryCost } from './cost.ts';
import { eachLedgerRow } from './read-ledger.ts';

/** An attempt that may have cost more than what is recorded for it. */
export type UnconfirmedCharge = Pick<
  Charge,
  'attempt' | 'batch' | 'row' | 'variant' | 'model' | 'at' | 'outcome'
> & {
  readonly creditsMaxUnknownMicro: number;
};

/** Attempts whose cost is in doubt, of one batch or of all, by time. Reads the charges of those days alone that have some. */
export async function* unconfirmedCharges(
  effects: Pick<Effects, 'table' | 'clock'>,
  batch?: BatchId,
): AsyncIterable<UnconfirmedCharge> {
  const to = dayOfMs(effects.clock.now());
  const report = await queryCost(effects, { from: '2020-01-01', to, by: ['day', 'batch'], zone: UTC });
  const unconfirmed = report.rows.filter(
    (line) => line.unknownMaxMicro > 0 && (batch === undefined || line.batch === batch),
  );
  for (const day of [...new Set(unconfirmed.map((line) => line.day ?? ''))].sort()) {
    const found: UnconfirmedCharge[] = [];
    await eachLedgerRow(effects.table, { from: day, to: day }, (row) => {
      const doubt = unconfirmedChargeOf(rowToCharge(row));
      if (doubt !== undefined && (batch === undefined || doubt.batch === batch)) found.push(doubt);
    });
    yield* found.sort((a, b) => (chargeKey(a).sk < chargeKey(b).sk ? -1 : 1));
  }
}

function unconfirmedChargeOf(charge: Charge): UnconfirmedCharge | undefined {
  const creditsMaxUnknownMicro = unknownMaxMicro(charge, charge.outcome);
  if (creditsMaxUnknownMicro === 0) return undefined;
  const { attempt, batch, row, variant, model, at, outcome } = charge;
  return { attempt, batch, row, variant, model, at, outcome, creditsMaxUnknownMicro };
}
