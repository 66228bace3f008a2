import { type Charge, unknownMaxMicro } from '../money/charge.ts';
import type { DayWindow } from '../time/calendar.ts';
import { type Evidence, periodOf } from './find-causes.ts';
import { type Proof, shared } from './proofs.ts';

/** In what terms proofs name days and models. */
interface ProofTerms extends Pick<Evidence, 'zone' | 'by'> {
  readonly window: DayWindow;
  readonly wireName: (model: string) => string;
}

/** A call without a response, and what the statement proves that it cost. */
export interface ProvenCharge {
  readonly charge: Charge;
  readonly creditsMicro: number;
}

/** The calls in doubt that proofs settle. A sum billed for several is shared by what each may cost: exact in total, not by call. */
export function provenCharges(
  inDoubt: readonly Charge[],
  proofs: readonly Proof[],
  { window: { from, to }, zone, by, wireName }: ProofTerms,
): ProvenCharge[] {
  const keyOf = (period: string, model: string) => JSON.stringify([period, model]);
  const ofLine = Map.groupBy(inDoubt, ({ at, model }) => {
    const day = zone.dayOf(at);
    const isAsked = day >= from && day <= to;
    return isAsked ? keyOf(periodOf(day, by), by.includes('model') ? wireName(model) : '') : undefined;
  });
  return proofs.flatMap(({ period, model, billedMicro }) => {
    const charges = ofLine.get(keyOf(period, model)) ?? [];
    charges.sort((a, b) => (a.at + a.attempt < b.at + b.attempt ? -1 : 1));
    const shares = shared(
      billedMicro,
      charges.map((charge) => unknownMaxMicro(charge, charge.outcome)),
    );
    return charges.map((charge, nth) => ({ charge, creditsMicro: charge.creditsMicro + (shares[nth] ?? 0) }));
  });
}
