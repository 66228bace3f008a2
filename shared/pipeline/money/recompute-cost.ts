import { priceOfSplit } from '../../domain/money/charge.ts';
import type { Price } from '../../domain/money/prices.ts';
import type { DayWindow } from '../../domain/time/calendar.ts';
import type { Table } from '../ports.ts';
import { eachCharge } from './read-ledger.ts';

/** The charges that were recorded at one price, as they are and as they would be at another; money in µcr. */
interface RecomputedLine {
  readonly price: string;
  readonly charges: number;
  /** Of the charges, attempts of unknown outcome: nothing is recorded for them, at no price. */
  readonly unknown: number;
  readonly creditsMicro: number;
  readonly recomputedMicro: number;
  readonly differenceMicro: number;
}

export interface Recomputation extends DayWindow {
  readonly price: string;
  readonly model: string;
  readonly rows: readonly RecomputedLine[];
  readonly total: Omit<RecomputedLine, 'price'>;
  /** Charges of other models, which the price says nothing about. */
  readonly others: number;
}

type Sums = Omit<RecomputedLine, 'price' | 'differenceMicro'>;

const NOTHING: Sums = { charges: 0, unknown: 0, creditsMicro: 0, recomputedMicro: 0 };

/** What the charges of a price's model would cost at that price, by their tokens. Reads only: a charge keeps its price. */
export async function recomputeCost(
  table: Pick<Table, 'query'>,
  window: DayWindow,
  price: Price,
): Promise<Recomputation> {
  const byPrice = new Map<string, Sums>();
  let others = 0;
  await eachCharge(table, window, (charge) => {
    if (charge.model !== price.model) {
      others += 1;
      return;
    }
    const one: Sums = {
      charges: 1,
      unknown: charge.outcome === 'unknown' ? 1 : 0,
      creditsMicro: charge.creditsMicro,
      recomputedMicro: priceOfSplit(charge.split, price),
    };
    byPrice.set(charge.price, addSums(byPrice.get(charge.price) ?? NOTHING, one));
  });
  const prices = [...byPrice].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    ...window,
    price: price.name,
    model: price.model,
    rows: prices.map(([name, sums]) => ({ price: name, ...withDifference(sums) })),
    total: withDifference([...byPrice.values()].reduce(addSums, NOTHING)),
    others,
  };
}

function addSums(a: Sums, b: Sums): Sums {
  return {
    charges: a.charges + b.charges,
    unknown: a.unknown + b.unknown,
    creditsMicro: a.creditsMicro + b.creditsMicro,
    recomputedMicro: a.recomputedMicro + b.recomputedMicro,
  };
}

function withDifference(sums: Sums): Sums & { readonly differenceMicro: number } {
  return { ...sums, differenceMicro: sums.recomputedMicro - sums.creditsMicro };
}
