import { type Charge, unknownMaxMicro } from '../../domain/money/charge.ts';
import { periodOf, touchedWindow } from '../../domain/statement/find-causes.ts';
import { type Proof, shared } from '../../domain/statement/proofs.ts';
import type { DayWindow } from '../../domain/time/calendar.ts';
import { type TimeZone, UTC } from '../../domain/time/time-zone.ts';
import type { Effects } from '../effects.ts';
import { spentWindow } from '../money/cost.ts';
import { eachLedgerRow } from '../money/read-ledger.ts';
import { rowToCharge } from '../rows/charge-row.ts';
import { type Author, correct, type Settlement, settlementId } from './corrections.ts';

/** In what terms proofs name days and models. */
interface ProofTerms {
  readonly window: DayWindow;
  readonly zone: TimeZone;
  readonly by: Parameters<typeof periodOf>[1];
  readonly wireName: (model: string) => string;
}

/** A call without a response, and what the statement proves that it cost. */
interface ProvenCharge {
  readonly charge: Charge;
  readonly creditsMicro: number;
}

/** The calls that proofs settle. A sum billed for several is shared by what each may cost: exact in total, not by call. */
export async function provenCharges(
  effects: Pick<Effects, 'table' | 'clock'>,
  proofs: readonly Proof[],
  { window: { from, to }, zone, by, wireName }: ProofTerms,
): Promise<ProvenCharge[]> {
  const keyOf = (period: string, model: string) => JSON.stringify([period, model]);
  const open = new Map<string, Charge[]>(proofs.map(({ period, model }) => [keyOf(period, model), []]));
  const spent = await spentWindow(effects, touchedWindow({ from, to }), UTC);
  await eachLedgerRow(effects.table, proofs.length === 0 ? { from: to, to: from } : spent, (row) => {
    if (row.outcome === 'image') return;
    const charge = rowToCharge(row);
    const day = zone.dayOf(charge.at);
    if (day < from || day > to || unknownMaxMicro(charge, charge.outcome) === 0) return;
    open.get(keyOf(periodOf(day, by), by.includes('model') ? wireName(charge.model) : ''))?.push(charge);
  });
  return proofs.flatMap(({ period, model, billedMicro }) => {
    const charges = open.get(keyOf(period, model)) ?? [];
    charges.sort((a, b) => (a.at + a.attempt < b.at + b.attempt ? -1 : 1));
    const shares = shared(
      billedMicro,
      charges.map((charge) => unknownMaxMicro(charge, charge.outcome)),
    );
    return charges.map((charge, nth) => ({ charge, creditsMicro: charge.creditsMicro + (shares[nth] ?? 0) }));
  });
}

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
