import { type Charge, priceOfSplit, unknownMaxMicro } from '../money/charge.ts';
import type { PriceList } from '../money/prices.ts';

/** A quarter of an hour and a model in the ledger: fits any zone and price. */
export interface LedgerSlice {
  /** The quarter's start, ISO 8601 in UTC: zones differ from UTC by whole quarters. */
  readonly at: string;
  readonly model: string;
  readonly creditsMicro: number;
  readonly unknownMaxMicro: number;
  /** The difference at the model's other published prices. */
  readonly atPrice: ReadonlyMap<string, number>;
}

interface Growing {
  creditsMicro: number;
  unknownMaxMicro: number;
  readonly atPrice: Map<string, number>;
}

export type SlicedCharge = Pick<
  Charge,
  'at' | 'model' | 'outcome' | 'split' | 'price' | 'creditsMicro' | 'creditsMaxMicro'
>;

/** Adds up charges to slices. `wireName` is the provider's name of a model. */
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
