import { type Charge, priceOfSplit, unknownMaxMicro } from '../money/charge.ts';
import { grouped } from '../money/grouped.ts';
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

export type SlicedCharge = Pick<
  Charge,
  'at' | 'model' | 'outcome' | 'split' | 'price' | 'creditsMicro' | 'creditsMaxMicro'
>;

/** Adds up charges to slices. `wireName` is the provider's name of a model. */
export function slicer({ prices }: PriceList, wireName: (model: string) => string) {
  const slices = grouped(() => ({ creditsMicro: 0, unknownMaxMicro: 0, atPrice: new Map<string, number>() }));
  const ofModel = Map.groupBy(prices, ({ model }) => model);
  return {
    add: (charge: SlicedCharge): void => {
      const { at, model, creditsMicro, split } = charge;
      const quarter = Math.floor(Number(at.slice(14, 16)) / 15);
      const slice = slices.at([wireName(model), at.slice(0, 14), String(quarter)]);
      slice.creditsMicro += creditsMicro;
      slice.unknownMaxMicro += unknownMaxMicro(charge, charge.outcome);
      for (const price of ofModel.get(model) ?? []) {
        if (price.name === charge.price) continue;
        const more = priceOfSplit(split, price) - creditsMicro;
        slice.atPrice.set(price.name, (slice.atPrice.get(price.name) ?? 0) + more);
      }
    },
    slices: (): LedgerSlice[] =>
      Array.from(slices.entries(), ([[model = '', hour = '', quarter], slice]) => {
        const minute = String(Number(quarter) * 15).padStart(2, '0');
        return { at: `${hour}${minute}:00.000Z`, model, ...slice };
      }),
  };
}
