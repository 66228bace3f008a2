/** A part of a difference in µcr (theirs less ours) with its cause. */
export type Cause =
  /** Calls without a response: the provider billed that much of them. */
  | { readonly kind: 'unknown'; readonly micro: number }
  /** The statement counts days of that zone. */
  | { readonly kind: 'time-zone'; readonly micro: number; readonly zone: string }
  /** The provider bills by that price. */
  | { readonly kind: 'price'; readonly micro: number; readonly price: string }
  /** Amounts have too few decimals. */
  | { readonly kind: 'rounding'; readonly micro: number }
  /** More than pressrun's calls can cost: the key is probably used elsewhere. */
  | { readonly kind: 'not-ours'; readonly micro: number }
  /** Less than pressrun's calls cost: lines are missing, or credits were refunded. */
  | { readonly kind: 'not-billed'; readonly micro: number };

/** The ledger's side of a line, and its difference at other prices. */
export interface LedgerSide {
  readonly oursMicro: number;
  readonly unknownMaxMicro: number;
  readonly atPrice: ReadonlyMap<string, number>;
}

/** Whether rounding, or a published price with rounding, explains a difference. */
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

/** The causes of a difference, given the price that the provider bills. */
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
