import { type Charge, unknownMaxMicro } from '../money/charge.ts';
import type { DayWindow } from '../time/calendar.ts';
import { type Evidence, periodOf } from './find-causes.ts';
import { type Proof, shared } from './proofs.ts';

/** A call without a response, and what the statement proves that it cost. */
export interface ProvenCharge {
  readonly charge: Charge;
  readonly creditsMicro: number;
}

/**
 * The calls that proofs settle, of those in doubt. A statement knows no single call: what it bills for several is shared among
 * them by what each may have cost, so that days, months and models are exact, and single calls are not. `zone`, `by` and
 * `wireName` are the terms in which the proofs name days and models.
 */
export function provenCharges(
  inDoubt: readonly Charge[],
  proofs: readonly Proof[],
  {
    window: { from, to },
    zone,
    by,
    wireName,
  }: Pick<Evidence, 'zone' | 'by'> & {
    readonly window: DayWindow;
    readonly wireName: (model: string) => string;
  },
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
