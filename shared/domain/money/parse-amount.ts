import { decimalOfNumber, decimalOfUnits, unitsOfQuotient } from './decimal.ts';
import { parseCredits } from './money.ts';
import type { CreditRate } from './money-text.ts';

/** A sum that a person wrote, in µcr, or what is wrong with it: a sentence that begins with "must" or "is". */
type Amount =
  | { readonly kind: 'amount'; readonly micro: number }
  | { readonly kind: 'problem'; readonly reason: string };

const CREDITS = /^(?<number>[\d.]+)\s*(?:credits?|cr)?$/i;
const DOLLARS = /^(?:(?:us)?\$|usd\s?)\s?(?<before>[\d.]+)$|^(?<after>[\d.]+)\s?(?:us)?(?:\$|usd|dollars?)$/i;
const OTHER_CURRENCY = /[€£¥₩₹]|\p{L}\$|\b(?:eur|gbp|jpy|krw|cny|inr|chf|cad|aud|nzd|hkd|sgd)\b/iu;

/** Reads credits (`500`, `500 credits`) or dollars (`$50`, `50 USD`). An ambiguous comma or another currency is a problem. */
export function parseAmount(text: string, rate: CreditRate): Amount {
  const bare = text.trim();
  const dollars = DOLLARS.exec(bare)?.groups;
  if (dollars !== undefined) return fromDollars(dollars.before ?? dollars.after ?? '', bare, rate);
  const micro = parseCredits(CREDITS.exec(bare)?.groups?.number ?? '');
  if (micro !== undefined && !isEatenByShell(bare)) return { kind: 'amount', micro };
  return problem(whyNot(bare));
}

function fromDollars(number: string, text: string, rate: CreditRate): Amount {
  if (rate.kind === 'several') {
    return problem(`is "${text}", and dollars are ambiguous here: ${rate.message}; write credits`);
  }
  const usdMicro = parseCredits(number);
  if (usdMicro === undefined) return problem(whyNot(text));
  const micro = unitsOfQuotient(decimalOfUnits(usdMicro, 6), decimalOfNumber(rate.usdPerCredit), 6, 'down');
  if (micro < 1e15) return { kind: 'amount', micro };
  return problem(`is "${text}", which is too much`);
}

function whyNot(text: string): string {
  const shown = `"${text.slice(0, 40)}"`;
  if (isEatenByShell(text)) {
    return `is ${shown}: a shell reads $50 as a variable. Quote dollars: '$50'`;
  }
  if (OTHER_CURRENCY.test(text))
    return `is ${shown}: write credits, such as 500, or US dollars, such as '$50'`;
  if (/\d[,'\u00a0 ]\d/.test(text)) {
    return `is ${shown}, which may be read in two ways: write a point for decimals, and no separator of thousands`;
  }
  return `must be credits, such as 500, or dollars, such as '$50', not ${shown}`;
}

/** What is left of an unquoted `$5`, `$50` or `$1.50`: `$1` is empty to a shell. */
function isEatenByShell(text: string): boolean {
  return text === '' || /^0{2,}$/.test(text) || /^[.,]/.test(text);
}

function problem(reason: string): Amount {
  return { kind: 'problem', reason };
}
