import { DEFAULT_PROVIDER } from '../calls/models.ts';
import { addDays, addMonths, monthOf } from '../time/calendar.ts';
import type { CostDimension } from './cost-report.ts';
import type { CostStatement } from './cost-statement.ts';
import { decimalText, dollarsOf } from './decimal.ts';
import { formatCredits } from './money.ts';

/** A row of FOCUS is of a day, a model and its provider, whatever else it is asked by. */
export const FOCUS_BY: readonly CostDimension[] = ['day', 'model', 'provider'];

type Row = CostStatement['rows'][number];
type Cell = string | number | null;

/** The columns of FOCUS 1.3 that it calls mandatory, in their order; then those that say more; then ours. */
const COLUMNS: Readonly<Record<string, (row: Row, of: Of) => Cell>> = {
  BilledCost: (_, { usd }) => usd,
  BillingAccountId: (_, { account }) => account,
  BillingAccountName: (_, { account }) => account,
  BillingCurrency: () => 'USD',
  BillingPeriodEnd: ({ day }) => midnight(addMonths(firstOfMonth(day), 1)),
  BillingPeriodStart: ({ day }) => midnight(firstOfMonth(day)),
  ChargeCategory: () => 'Usage',
  ChargeClass: () => null,
  ChargeDescription: ({ model }) => `Images by ${model}`,
  ChargePeriodEnd: ({ day }) => midnight(addDays(day ?? '', 1)),
  ChargePeriodStart: ({ day }) => midnight(day ?? ''),
  ContractedCost: (_, { usd }) => usd,
  EffectiveCost: (_, { usd }) => usd,
  // Whose machines they are isn't told: then FOCUS takes the provider's own name.
  HostProviderName: issuer,
  InvoiceIssuerName: issuer,
  ListCost: (_, { usd }) => usd,
  PricingQuantity: ({ creditsMicro }) => formatCredits(creditsMicro),
  PricingUnit: () => 'Credits',
  // 1.3 replaces these two by `ServiceProviderName`, and still requires them.
  ProviderName: issuer,
  PublisherName: issuer,
  ServiceCategory: () => 'AI and Machine Learning',
  ServiceName: () => 'Image generation',
  ServiceProviderName: issuer,

  ChargeFrequency: () => 'Usage-Based',
  ConsumedQuantity: ({ inputTokens, textTokens, imageTokens }) => inputTokens + textTokens + imageTokens,
  ConsumedUnit: () => 'Tokens',
  ContractedUnitPrice: ({ usdPerCredit }) => usdPerCredit,
  // An invoice is the provider's, and names no calls.
  InvoiceId: () => null,
  ListUnitPrice: ({ usdPerCredit }) => usdPerCredit,
  PricingCategory: () => 'Standard',
  // Priced in credits, a virtual currency; billed in dollars.
  PricingCurrency: () => 'Credits',
  PricingCurrencyContractedUnitPrice: () => 1,
  PricingCurrencyEffectiveCost: ({ creditsMicro }) => formatCredits(creditsMicro),
  PricingCurrencyListUnitPrice: () => 1,
  ServiceSubcategory: () => 'Generative AI',
  SkuId: ({ model }) => model ?? '',
  SkuMeter: () => 'Image generation tokens, in credits',
  SkuPriceDetails: () => null,
  SkuPriceId: ({ model, price }) => price ?? model ?? '',
  Tags: (row, { by }) => tagsOf(row, by),

  x_Credits: ({ creditsMicro }) => formatCredits(creditsMicro),
  x_WasteCredits: ({ wasteMicro }) => formatCredits(wasteMicro),
  x_UnknownMaxCredits: ({ unknownMaxMicro }) => formatCredits(unknownMaxMicro),
  x_Images: ({ images }) => images,
  x_Attempts: ({ attempts }) => attempts,
  x_InputTokens: ({ inputTokens }) => inputTokens,
  x_TextTokens: ({ textTokens }) => textTokens,
  x_ImageTokens: ({ imageTokens }) => imageTokens,
};

/** Of the built-in providers; others have the name that the configuration gives them. */
const ISSUERS: Readonly<Record<string, string>> = {
  [DEFAULT_PROVIDER]: 'core.today',
  google: 'Google',
  openrouter: 'OpenRouter',
};

function issuer({ provider = '' }: Row): string {
  return Object.hasOwn(ISSUERS, provider) ? (ISSUERS[provider] ?? provider) : provider;
}

interface Of {
  readonly account: string;
  readonly by: readonly CostDimension[];
  readonly usd: string;
}

/**
 * A row of FOCUS 1.3 (focus.finops.org) by day and model in UTC. Costs are dollars at the charges' rates; unconfirmed
 * cost has its own column. `account` is the stage, because the provider names none.
 */
export function focusColumns(
  { by }: Pick<CostStatement, 'by'>,
  account: string,
): { readonly columns: readonly string[]; readonly cellsOf: (row: Row) => readonly Cell[] } {
  const own = by.filter((dimension) => !FOCUS_BY.includes(dimension) && !dimension.startsWith('tag:'));
  const cells = Object.values(COLUMNS);
  return {
    columns: [...Object.keys(COLUMNS), ...own.map((dimension) => `x_${capitalized(dimension)}`)],
    cellsOf: (row) => {
      const of: Of = { account, by, usd: decimalText(dollarsOf(row.creditsMicro, row.usdPerCredit)) };
      return [...cells.map((cell) => cell(row, of)), ...own.map((dimension) => row[dimension] ?? '')];
    },
  };
}

function firstOfMonth(day: string | undefined): string {
  return `${monthOf(day ?? '')}-01`;
}

function midnight(day: string): string {
  return `${day}T00:00:00Z`;
}

function tagsOf(row: Row, by: readonly CostDimension[]): string {
  const tags = by.filter((dimension) => dimension.startsWith('tag:') && row[dimension]);
  return JSON.stringify(Object.fromEntries(tags.map((tag) => [tag.slice('tag:'.length), row[tag]])));
}

function capitalized(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
