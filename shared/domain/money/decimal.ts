/** An exact decimal: `digits × 10^-scale`. What a double is written as is meant, not the binary fraction nearest to it. */
export interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

/** A finite number as it is written in its shortest form: 0.6187 is 6187 ÷ 10,000. */
export function decimalOfNumber(value: number): Decimal {
  const [mantissa = '', exponent = '0'] = String(value).split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  return { digits: BigInt(whole + fraction), scale: fraction.length - Number(exponent) };
}

/** Whole units of `10^-scale` as a decimal: micro-credits are of scale 6. */
export function decimalOfUnits(units: number, scale: number): Decimal {
  return { digits: BigInt(units), scale };
}

function times(a: Decimal, b: Decimal): Decimal {
  return { digits: a.digits * b.digits, scale: a.scale + b.scale };
}

/** Credits, in micro-credits, at US dollars a credit. */
export function dollarsOf(micro: number, usdPerCredit: number): Decimal {
  return times(decimalOfUnits(micro, 6), decimalOfNumber(usdPerCredit));
}

export function plus(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  return { digits: shifted(a, scale) + shifted(b, scale), scale };
}

/** `a ÷ b` in whole units of `10^-scale`, rounded down or to the nearest. `b` must be above zero. */
export function unitsOfQuotient(
  a: Decimal,
  b: Decimal,
  scale: number,
  rounding: 'down' | 'nearest' = 'nearest',
): number {
  const power = scale + b.scale - a.scale;
  const dividend = a.digits * 10n ** BigInt(Math.max(0, power));
  const divisor = b.digits * 10n ** BigInt(Math.max(0, -power));
  if (rounding === 'down') return Number(floorOf(dividend, divisor));
  return Number(floorOf(2n * dividend + divisor, 2n * divisor));
}

/** Without an exponent, and without zeros at the end: `2.484776`. */
export function decimalText({ digits, scale }: Decimal): string {
  if (scale <= 0) return String(digits * 10n ** BigInt(-scale));
  const sign = digits < 0n ? '-' : '';
  const text = String(digits < 0n ? -digits : digits).padStart(scale + 1, '0');
  const fraction = text.slice(-scale).replace(/0+$/, '');
  return `${sign}${text.slice(0, -scale)}${fraction === '' ? '' : `.${fraction}`}`;
}

function shifted({ digits, scale }: Decimal, to: number): bigint {
  return digits * 10n ** BigInt(to - scale);
}

function floorOf(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  return dividend % divisor < 0n ? quotient - 1n : quotient;
}
