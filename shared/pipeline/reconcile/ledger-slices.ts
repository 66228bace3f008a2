import { touchedWindow } from '../../domain/statement/find-causes.ts';
import { type LedgerSlice, slicer } from '../../domain/statement/ledger-slice.ts';
import type { DayWindow } from '../../domain/time/calendar.ts';
import { UTC } from '../../domain/time/time-zone.ts';
import type { Effects } from '../effects.ts';
import { spentWindow } from '../money/cost.ts';
import { eachCharge } from '../money/read-ledger.ts';

/** The charges of a window, and of a day more at each end, in slices; `wireName` names a model as the provider does. */
export async function ledgerSlices(
  effects: Pick<Effects, 'table' | 'clock' | 'prices'>,
  window: DayWindow,
  wireName: (model: string) => string,
): Promise<LedgerSlice[]> {
  const slices = slicer(effects.prices, wireName);
  const spent = await spentWindow(effects, touchedWindow(window), UTC);
  await eachCharge(effects.table, spent, slices.add);
  return slices.slices();
}
