/**
 * All money is integer micro-credits (µcr) in fields ending in `Micro`: credits per million tokens are micro-credits per
 * token (provider-contract §4), so a charge is a sum of integer products.
 */
export const MICRO_PER_CREDIT = 1_000_000;

/** Core.Today's rate (provider-contract §4); a provider that bills in dollars has no credit of its own, and takes this one. */
export const DEFAULT_USD_PER_CREDIT = 0.001;

/** Thrown where an amount is not a whole number of micro-credits that a double can hold exactly: a bug. */
export class MoneyError extends Error {
  override name = 'MoneyError';
}

/** `tokens × priceMicro` in µcr. Throws `MoneyError` unless both are whole, not negative, and the product is exact. */
export function costMicro(tokens: number, priceMicro: number): number {
  return checkedMicro(checkedMicro(tokens) * checkedMicro(priceMicro));
}

/** The sum of amounts in µcr; throws `MoneyError` if it would not be exact. */
export function sumMicro(...amounts: readonly number[]): number {
  return amounts.reduce((sum, amount) => checkedMicro(sum + checkedMicro(amount)), 0);
}

/** Micro-credits as credits for people: `275204000` → `275.204`; at most six decimals, none that are zero. */
export function formatCredits(micro: number): string {
  const whole = Math.trunc(micro / MICRO_PER_CREDIT);
  const fraction = Math.abs(micro % MICRO_PER_CREDIT);
  const sign = micro < 0 && whole === 0 ? '-' : '';
  const decimals = fraction === 0 ? '' : `.${String(fraction).padStart(6, '0').replace(/0+$/, '')}`;
  return `${sign}${whole}${decimals}`;
}

/** Credits as a person writes them (`12`, `0.5`) in µcr; undefined if the text is not such a number. */
export function parseCredits(text: string): number | undefined {
  const match = /^(\d{1,9})(?:\.(\d{1,6}))?$/.exec(text.trim());
  if (match === null) return undefined;
  return Number(match[1]) * MICRO_PER_CREDIT + Number((match[2] ?? '').padEnd(6, '0'));
}

const SIGNED = /^(?<sign>[+-]?)(?<whole>\d{1,9})(?:\.(?<fraction>\d{1,40}))?(?:e(?<exponent>-\d{1,2}))?$/i;
/** So many digits only a computer writes: 68.35850000000001 is the nearest that a double comes to 68.3585. */
const DIGITS_OF_A_DOUBLE = 15;

/**
 * Credits as statements write them, in µcr: `(1.5)`, true minus, `6.7e-05`, a unit, noise of a double. Undefined if inexact
 * or ambiguous, such as `1,234`.
 */
export function parseSignedCredits(text: string): number | undefined {
  return parseSigned(text.replace(/\s*(?:credits?|cr|크레딧)\s*$/i, ''), 6);
}

/** Dollars as a statement writes them (`$1.50`, `-$1.50`, `1.50 USD`, `0.0687145`), in nano-dollars; else as credits. */
export function parseSignedDollars(text: string): number | undefined {
  const bare = text
    .trim()
    .replace(/^([(+\u2212-]?)\s*(?:US)?\$\s*/i, '$1')
    .replace(/\s*(?:USD|US\$|\$)\s*(\)?)$/i, '$1');
  return parseSigned(bare, 9);
}

/** In whole units of that many decimals. */
function parseSigned(text: string, decimals: number): number | undefined {
  const bare = text
    .trim()
    .replace(/^\((.+)\)$/, '-$1')
    .replace(/^\u2212/, '-');
  const groups = SIGNED.exec(bare)?.groups;
  if (groups === undefined) return undefined;
  const { sign, whole = '', fraction = '', exponent = '0' } = groups;
  const units = unitsOf(whole + fraction, whole.length + Number(exponent) + decimals);
  return units !== undefined && sign === '-' && units !== 0 ? -units : units;
}

/** Whole units of digits whose point stands after the first `point` of them. */
function unitsOf(digits: string, point: number): number | undefined {
  const padded = point < 0 ? '0'.repeat(-point) + digits : digits.padEnd(point, '0');
  const at = Math.max(0, point);
  const units = Number(padded.slice(0, at));
  const rest = Number(`0.${padded.slice(at) || '0'}`);
  const isLong = digits.replace(/^0+/, '').length >= DIGITS_OF_A_DOUBLE;
  const noise = isLong ? 0.1 : 0.001;
  if (!Number.isSafeInteger(units) || units >= 1e15) return undefined;
  if (rest < noise) return units;
  return rest > 1 - noise ? units + 1 : undefined;
}

function checkedMicro(amount: number): number {
  if (!Number.isSafeInteger(amount) || amount < 0) throw new MoneyError(`not an exact amount: ${amount}`);
  return amount;
}
