import { dayOfMs } from '../domain/calendar.ts';
import { type Charge, unknownMaxMicro } from '../domain/charge.ts';
import type { BatchId } from '../domain/ids.ts';
import { UTC } from '../domain/time-zone.ts';
import { askCost } from './cost.ts';
import type { Effects } from './effects.ts';
import { eachLedgerRow } from './read-ledger.ts';
import { chargeKey, rowToCharge } from './rows/charge-row.ts';

/** An attempt that may have cost more than what is booked for it. */
export type OpenDoubt = Pick<Charge, 'attempt' | 'batch' | 'row' | 'variant' | 'model' | 'at' | 'outcome'> & {
  readonly creditsMaxUnknownMicro: number;
};

/** Attempts whose cost is in doubt, of one batch or of all, by time. Reads the charges of those days alone that have some. */
export async function* openDoubts(
  effects: Pick<Effects, 'table' | 'clock'>,
  batch?: BatchId,
): AsyncIterable<OpenDoubt> {
  const to = dayOfMs(effects.clock.now());
  const report = await askCost(effects, { from: '2020-01-01', to, by: ['day', 'batch'], zone: UTC });
  const inDoubt = report.rows.filter(
    (line) => line.unknownMaxMicro > 0 && (batch === undefined || line.batch === batch),
  );
  for (const day of [...new Set(inDoubt.map((line) => line.day ?? ''))].sort()) {
    const found: OpenDoubt[] = [];
    await eachLedgerRow(effects.table, { from: day, to: day }, (row) => {
      const doubt = doubtOf(rowToCharge(row));
      if (doubt !== undefined && (batch === undefined || doubt.batch === batch)) found.push(doubt);
    });
    yield* found.sort((a, b) => (chargeKey(a).sk < chargeKey(b).sk ? -1 : 1));
  }
}

function doubtOf(charge: Charge): OpenDoubt | undefined {
  const creditsMaxUnknownMicro = unknownMaxMicro(charge, charge.outcome);
  if (creditsMaxUnknownMicro === 0) return undefined;
  const { attempt, batch, row, variant, model, at, outcome } = charge;
  return { attempt, batch, row, variant, model, at, outcome, creditsMaxUnknownMicro };
}
