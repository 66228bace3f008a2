import type { CostAmounts, CostLine, CostReport } from './cost-report.ts';
import { MICRO_PER_CREDIT } from './money.ts';

/** What follows from amounts. Never stored: a rate or a definition may change, a charge does not. */
export interface CostFigures {
  /** µcr for each image, with all that was wasted on the way; null where there is no image. */
  readonly creditsMicroPerImage: number | null;
  /** Of the credits, from 0 to 1; null where none were spent. */
  readonly wasteShare: number | null;
  /** About that many US dollars: the provider's rate, "actual charges may vary". */
  readonly usdApprox: number;
}

/** Where the figures of a report are from: roll-ups know days in UTC, models, batches and outcomes. */
export type CostSource = 'roll-ups' | 'charges';

/** A cost report as it is given to people and programs. */
export interface CostStatement extends Omit<CostReport, 'rows' | 'total'> {
  /** The zone whose days these are. */
  readonly tz: string;
  readonly source: CostSource;
  readonly usdPerCredit: number;
  readonly rows: readonly (CostLine & CostFigures)[];
  readonly total: CostAmounts & CostFigures;
}

/** A report with the figures that follow from it. */
export function costStatement(
  report: CostReport & Pick<CostStatement, 'tz' | 'source'>,
  usdPerCredit: number,
): CostStatement {
  const { rows, total, ...question } = report;
  return {
    ...question,
    usdPerCredit,
    rows: rows.map((row) => ({ ...row, ...figuresOf(row, usdPerCredit) })),
    total: { ...total, ...figuresOf(total, usdPerCredit) },
  };
}

function figuresOf({ images, creditsMicro, wasteMicro }: CostAmounts, usdPerCredit: number): CostFigures {
  return {
    creditsMicroPerImage: images === 0 ? null : Math.round(creditsMicro / images),
    wasteShare: creditsMicro === 0 ? null : rounded(wasteMicro / creditsMicro, 6),
    usdApprox: usdOf(creditsMicro, usdPerCredit),
  };
}

/** Dollars at a rate, to the millionth. */
function usdOf(creditsMicro: number, usdPerCredit: number): number {
  return rounded((creditsMicro / MICRO_PER_CREDIT) * usdPerCredit, 6);
}

function rounded(value: number, decimals: number): number {
  return Number(value.toFixed(decimals));
}
