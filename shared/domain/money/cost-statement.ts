import type { CostAmounts, CostLine, CostReport, CostSums } from './cost-report.ts';
import { type Decimal, decimalOfNumber, dollarsOf, unitsOfQuotient } from './decimal.ts';
import { formatCredits } from './money.ts';

/** What follows from amounts. Never stored: a rate or a definition may change, a charge does not. */
export interface CostFigures {
  /** µcr for each image, with all that was wasted on the way; null if there is no image. */
  readonly creditsMicroPerImage: number | null;
  /** Of the credits, from 0 to 1; null if none were spent. */
  readonly wasteShare: number | null;
  /** About that many US dollars, at the rates that the charges name; actual charges may vary. */
  readonly usdApprox: number;
  /** The rate of that: the mean, where charges name several. */
  readonly usdPerCredit: number;
  /** `creditsMicro` in credits, exact. */
  readonly credits: string;
}

/** Where the figures of a report are from: roll-ups know days in UTC, models, batches and outcomes. */
export type CostSource = 'roll-ups' | 'charges';

/** A cost report as it is given to people and programs. */
export interface CostStatement extends Omit<CostReport, 'rows' | 'total'> {
  /** The zone whose days these are. */
  readonly tz: string;
  readonly source: CostSource;
  readonly usdPerCredit: number;
  /** The currency of `usdApprox`. */
  readonly currency: 'USD';
  /** Where `usdPerCredit` is from. */
  readonly rateSource: string;
  readonly rows: readonly (Omit<CostLine, 'usd'> & CostFigures)[];
  readonly total: CostAmounts & CostFigures;
  /** Lines beyond the asked number, which are in the total. */
  readonly leftOut?: number;
}

/** A report with the figures that follow from it; dollars at another rate than the charges', if one is given. */
export function costStatement(
  report: CostReport & Pick<CostStatement, 'tz' | 'source'>,
  rate?: number,
): CostStatement {
  const { rows, total, ...question } = report;
  return {
    ...question,
    usdPerCredit: rate ?? total.usdPerCredit,
    currency: 'USD',
    rateSource: rate === undefined ? 'the rate that each charge names' : 'the rate that was asked for',
    rows: rows.map((row) => withFigures(row, rate)),
    total: withFigures(total, rate),
  };
}

function withFigures<Sums extends CostSums>({ usd, ...sums }: Sums, rate: number | undefined) {
  const { images, creditsMicro, wasteMicro } = sums;
  return {
    ...sums,
    creditsMicroPerImage: images === 0 ? null : Math.round(creditsMicro / images),
    wasteShare: creditsMicro === 0 ? null : rounded(wasteMicro / creditsMicro, 6),
    usdApprox: inMicroDollars(rate === undefined ? usd : dollarsOf(creditsMicro, rate)),
    usdPerCredit: rate ?? sums.usdPerCredit,
    credits: formatCredits(creditsMicro),
  };
}

/** Rounded to a micro-dollar. */
function inMicroDollars(usd: Decimal): number {
  return unitsOfQuotient(usd, decimalOfNumber(1), 6) / 1e6;
}

function rounded(value: number, decimals: number): number {
  return Number(value.toFixed(decimals));
}
