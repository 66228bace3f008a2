import { type Charge, unknownMaxMicro } from '../../domain/money/charge.ts';
import { touchedWindow } from '../../domain/statement/find-causes.ts';
import { type LedgerSlice, slicer } from '../../domain/statement/ledger-slice.ts';
import type { DayWindow } from '../../domain/time/calendar.ts';
import { UTC } from '../../domain/time/time-zone.ts';
import type { Effects } from '../effects.ts';
import { spentWindow } from '../money/cost.ts';
import { eachLedgerRow } from '../money/read-ledger.ts';
import { rowToCharge, rowToSummedCharge } from '../rows/charge-row.ts';

/** What the charges of a window, and of a day more at each end, say of a statement. */
interface LedgerEvidence {
  readonly slices: readonly LedgerSlice[];
  /** Charges that the provider may ask more for than is booked. */
  readonly inDoubt: readonly Charge[];
}

/** Reads the charges once; `wireName` names a model as the provider does. */
export async function ledgerEvidence(
  effects: Pick<Effects, 'table' | 'clock' | 'prices'>,
  window: DayWindow,
  wireName: (model: string) => string,
): Promise<LedgerEvidence> {
  const slices = slicer(effects.prices, wireName);
  const inDoubt: Charge[] = [];
  const spent = await spentWindow(effects, touchedWindow(window), UTC);
  await eachLedgerRow(effects.table, spent, (row) => {
    const charge = rowToSummedCharge(row);
    slices.add(charge);
    if (unknownMaxMicro(charge, charge.outcome) > 0) inDoubt.push(rowToCharge(row));
  });
  return { slices: slices.slices(), inDoubt };
}
