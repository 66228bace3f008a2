import { type PriceList, priceOn } from '../../shared/domain/money/prices.ts';
import { creditsMicroOf, NO_TOKENS, type TrueTokens } from './tokens.ts';

/** One call as the provider saw it. The prompt is never on the bill, only its hash. */
export interface BillEntry {
  readonly id: string;
  /** When the work ended, ISO 8601 in UTC. */
  readonly at: string;
  readonly model: string;
  /** The HTTP status that was, or would have been, sent. */
  readonly status: number;
  readonly variant?: string;
  readonly failure?: string;
  /** How the answer told its usage, such as `image-tokens` or `none`. */
  readonly usage?: string;
  readonly tokens: TrueTokens;
  readonly creditsMicro: number;
  readonly billed: boolean;
  /** Of the user's text; absent where the call was turned away unread. */
  readonly promptSha256?: string;
}

export interface BillTotals {
  readonly calls: number;
  readonly billedCalls: number;
  readonly tokens: TrueTokens;
  readonly creditsMicro: number;
}

export interface Bill {
  /** Prices the tokens of a call at the price of its day and writes it down; unbilled calls cost nothing. */
  add(entry: Omit<BillEntry, 'creditsMicro' | 'at'> & { readonly atMs: number }): BillEntry;
  entries(): BillEntry[];
  totals(): BillTotals;
}

/** A new bill. `add` throws where a billed model has no price that day. */
export function openBill(prices: PriceList): Bill {
  const entries: BillEntry[] = [];
  let totals: BillTotals = { calls: 0, billedCalls: 0, tokens: NO_TOKENS, creditsMicro: 0 };
  return {
    add({ atMs, ...call }) {
      const at = new Date(atMs).toISOString();
      const tokens = call.billed ? call.tokens : NO_TOKENS;
      const creditsMicro = call.billed ? priced(prices, call.model, at, tokens) : 0;
      const entry = { ...call, at, tokens, creditsMicro };
      entries.push(entry);
      totals = withEntry(totals, entry);
      return entry;
    },
    entries: () => [...entries],
    totals: () => totals,
  };
}

/** What tokens cost at the price of a model's day, in µcr. Throws if there is none. */
export function priced(prices: PriceList, model: string, at: string, tokens: TrueTokens): number {
  const price = priceOn(prices, model, at.slice(0, 10));
  if (price === undefined) throw new Error(`the simulator has no price for ${model} on ${at.slice(0, 10)}`);
  return creditsMicroOf(tokens, price);
}

function withEntry(totals: BillTotals, entry: BillEntry): BillTotals {
  return {
    calls: totals.calls + 1,
    billedCalls: totals.billedCalls + (entry.billed ? 1 : 0),
    tokens: {
      input: totals.tokens.input + entry.tokens.input,
      text: totals.tokens.text + entry.tokens.text,
      reasoning: totals.tokens.reasoning + entry.tokens.reasoning,
      image: totals.tokens.image + entry.tokens.image,
    },
    creditsMicro: totals.creditsMicro + entry.creditsMicro,
  };
}
