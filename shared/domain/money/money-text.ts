import { MICRO_PER_CREDIT } from './money.ts';

/** What a credit costs in US dollars, if all that serve a model agree; else why nobody can say. */
export type CreditRate =
  | { readonly kind: 'one'; readonly usdPerCredit: number; readonly source: string }
  | { readonly kind: 'several'; readonly message: string };

/** Made when needed first: a process's first format loads ICU's data, a sixth of a function's cold start. */
const FORMATS = new Map<number, Intl.NumberFormat>();

/** Credits for people: `2,484.8`; exact values are in JSON, CSV and manifest. */
export function creditsText(micro: number): string {
  const value = micro / MICRO_PER_CREDIT;
  return withDigits(Number.isInteger(value) ? 0 : 1).format(value);
}

/** Credits to a tenth, in a column whose decimals align. */
export function tenthsText(micro: number): string {
  return withDigits(1).format(micro / MICRO_PER_CREDIT);
}

function withDigits(digits: number): Intl.NumberFormat {
  const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  const format = FORMATS.get(digits) ?? new Intl.NumberFormat('en-US', options);
  FORMATS.set(digits, format);
  return format;
}

/** Dollars beside credits: `≈ $2.48`. */
export function dollarsText(micro: number, usdPerCredit: number): string {
  const value = (micro / MICRO_PER_CREDIT) * usdPerCredit;
  const digits = value === 0 || value >= 100 ? 0 : value >= 0.1 ? 2 : 4;
  return `≈ $${withDigits(digits).format(value)}`;
}

/** `2,484.8 credits (≈ $2.48)`; credits alone if no one rate makes dollars of them. */
export function costText(micro: number, usdPerCredit: number | undefined): string {
  const dollars = usdPerCredit === undefined ? '' : ` (${dollarsText(micro, usdPerCredit)})`;
  return `${creditsText(micro)} credits${dollars}`;
}

/** The line below figures in dollars that names their rate and its source; why there are none, if there are several. */
export function rateText(rate: CreditRate): string {
  switch (rate.kind) {
    case 'one':
      return `≈ $: ${rate.source}`;
    case 'several':
      return `no dollars: ${rate.message}; \`pressrun cost\` has each charge at its own rate`;
  }
}
