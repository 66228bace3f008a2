/** A part of a difference between statement and ledger, in µcr (theirs less ours), and where it is from. */
export type Cause =
  /** Calls whose response never arrived: the provider billed that much of what they may have cost. */
  | { readonly kind: 'unknown'; readonly micro: number }
  /** The statement counts days of that zone. */
  | { readonly kind: 'time-zone'; readonly micro: number; readonly zone: string }
  /** The provider bills by that price of the list. */
  | { readonly kind: 'price'; readonly micro: number; readonly price: string }
  /** Amounts are written with fewer decimals than they have. */
  | { readonly kind: 'rounding'; readonly micro: number }
  /** More than pressrun's calls can have cost: the key is probably used elsewhere. */
  | { readonly kind: 'not-ours'; readonly micro: number }
  /** Less than pressrun's calls cost: lines are missing, or credits were given back. */
  | { readonly kind: 'not-billed'; readonly micro: number };

/** One side of a line: what the ledger holds, and how much more it would be at other prices. */
export interface LedgerSide {
  readonly oursMicro: number;
  readonly unknownMaxMicro: number;
  readonly atPrice: ReadonlyMap<string, number>;
}

/** Whether a difference is no more than rounding, or a published price and rounding: then little doubt is left. */
export function exactCauses(
  differenceMicro: number,
  { atPrice }: Pick<LedgerSide, 'atPrice'>,
  roundingMicro: number,
): readonly Cause[] | undefined {
  if (Math.abs(differenceMicro) <= roundingMicro) return roundingOf(differenceMicro);
  for (const [price, more] of atPrice) {
    const rest = differenceMicro - more;
    if (Math.abs(more) > roundingMicro && Math.abs(rest) <= roundingMicro) {
      return [{ kind: 'price', micro: more, price }, ...roundingOf(rest)];
    }
  }
  return undefined;
}

/** What a difference is made of, given the price (if it is another) that the provider bills around it. */
export function causesOf(
  differenceMicro: number,
  side: LedgerSide,
  roundingMicro: number,
  priceAround: string | undefined,
): readonly Cause[] {
  const exact = exactCauses(differenceMicro, side, roundingMicro);
  if (exact !== undefined) return exact;
  const more = side.atPrice.get(priceAround ?? '') ?? 0;
  const price: Cause[] =
    priceAround === undefined || more === 0 ? [] : [{ kind: 'price', micro: more, price: priceAround }];
  const rest = differenceMicro - more;
  if (rest > 0 && rest <= side.unknownMaxMicro) return [...price, { kind: 'unknown', micro: rest }];
  return [...price, { kind: rest > 0 ? 'not-ours' : 'not-billed', micro: rest }];
}

function roundingOf(micro: number): readonly Cause[] {
  return micro === 0 ? [] : [{ kind: 'rounding', micro }];
}
