import * as z from 'zod/mini';
import builtIn from './prices.json' with { type: 'json' };

const microPerToken = z.int().check(z.nonnegative());

/** How the maximum that a call can cost is computed: of the dearest image, of one of the size asked for, or of `max_tokens`. */
export const PRICE_CEILINGS = ['one-image', 'asked-size', 'max-tokens'] as const;

const price = z.object({
  name: z.string().check(z.regex(/^[\w.-]{1,60}$/)),
  model: z.string(),
  from: z.iso.date(),
  alternative: z.optional(z.boolean()),
  source: z.string(),
  inputMicro: microPerToken,
  textMicro: microPerToken,
  imageMicro: microPerToken,
  ceiling: z._default(z.enum(PRICE_CEILINGS), 'max-tokens'),
});

const priceFile = z.object({ prices: z.array(price) });

/**
 * A price: µcr per token by kind, from a day (UTC). Charges name theirs. An `alternative` one holds if chosen by name
 * (provider-contract §4). `ceiling` bounds a call (docs/decisions/0008-budgets.md): `max-tokens` at the dearest rate,
 * `one-image` (the dearest) or `asked-size`, each with text for the rest.
 */
export type Price = Readonly<z.infer<typeof price>>;

export interface PriceList {
  readonly prices: readonly Price[];
}

/** What is built in. */
function builtInPrices(): PriceList {
  return priceFile.parse(builtIn);
}

/**
 * The built-in prices, replaced or extended by `own`; `chosen` alternatives replace their model's price. Throws on a
 * malformed or missing one, so that no other price is used instead.
 */
export function priceList(
  own: unknown = [],
  chosen: readonly string[] = [],
  base: PriceList = builtInPrices(),
): PriceList {
  const byName = new Map([...base.prices, ...z.array(price).parse(own)].map((each) => [each.name, each]));
  const missing = chosen.find((name) => !byName.has(name));
  if (missing !== undefined) {
    throw new Error(`no price is called "${missing}"; there are ${[...byName.keys()].join(', ')}`);
  }
  const chosenModels = new Set(chosen.map((name) => byName.get(name)?.model));
  const prices = [...byName.values()].map((each): Price => {
    if (!chosenModels.has(each.model)) return each;
    return { ...each, alternative: !chosen.includes(each.name) };
  });
  return { prices };
}

/** The price that holds for a model on a day (`2026-11-21`): the latest that has started; undefined if there is none. */
export function priceOn(list: PriceList, model: string, day: string): Price | undefined {
  return list.prices
    .filter((each) => each.model === model && each.alternative !== true && each.from <= day)
    .reduce<Price | undefined>(
      (latest, each) => (latest && latest.from >= each.from ? latest : each),
      undefined,
    );
}
