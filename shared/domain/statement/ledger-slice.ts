import { type Charge, priceOfSplit, unknownMaxMicro } from '../money/charge.ts';
import type { PriceList } from '../money/prices.ts';

/** What the ledger holds of a quarter of an hour and a model: enough to lay it beside a statement in any zone, at any price. */
export interface LedgerSlice {
  /** The beginning of the quarter, ISO 8601 in UTC. No zone of today differs from UTC by less. */
  readonly at: string;
  readonly model: string;
  readonly creditsMicro: number;
  readonly unknownMaxMicro: number;
  /** How much more or less it would be at other published prices of the model, by their names. */
  readonly atPrice: ReadonlyMap<string, number>;
}

interface Growing {
  creditsMicro: number;
  unknownMaxMicro: number;
  readonly atPrice: Map<string, number>;
}

/** What a slice needs of a charge. */
export type SlicedCharge = Pick<
  Charge,
  'at' | 'model' | 'outcome' | 'split' | 'price' | 'creditsMicro' | 'creditsMaxMicro'
>;

/** Adds up charges to slices, one after the other. `wireName` names a model as the provider does. */
export function slicer({ prices }: PriceList, wireName: (model: string) => string) {
  const slices = new Map<string, Growing>();
  return {
    add: (charge: SlicedCharge): void => {
      const { at, model, creditsMicro, split } = charge;
      const key = JSON.stringify([quarterOf(at), wireName(model)]);
      const slice = slices.get(key) ?? { creditsMicro: 0, unknownMaxMicro: 0, atPrice: new Map() };
      slices.set(key, slice);
      slice.creditsMicro += creditsMicro;
      slice.unknownMaxMicro += unknownMaxMicro(charge, charge.outcome);
      for (const price of prices) {
        if (price.model !== model || price.name === charge.price) continue;
        const more = priceOfSplit(split, price) - creditsMicro;
        slice.atPrice.set(price.name, (slice.atPrice.get(price.name) ?? 0) + more);
      }
    },
    slices: (): LedgerSlice[] =>
      [...slices].map(([key, slice]) => {
        const [at, model] = JSON.parse(key) as [string, string];
        return { at, model, ...slice };
      }),
  };
}

function quarterOf(at: string): string {
  const minute = Math.floor(Number(at.slice(14, 16)) / 15) * 15;
  return `${at.slice(0, 14)}${String(minute).padStart(2, '0')}:00.000Z`;
}
