/** What a group of charges adds up to; money in µcr. */
export interface CostAmounts {
  readonly images: number;
  readonly attempts: number;
  readonly inputTokens: number;
  readonly textTokens: number;
  readonly imageTokens: number;
  readonly creditsMicro: number;
  /** Credits that brought no image that anyone keeps. */
  readonly wasteMicro: number;
  /** The most that the provider may ask beyond `creditsMicro`, for attempts whose outcome is not known. */
  readonly unknownMaxMicro: number;
}

export const NO_COST: CostAmounts = {
  images: 0,
  attempts: 0,
  inputTokens: 0,
  textTokens: 0,
  imageTokens: 0,
  creditsMicro: 0,
  wasteMicro: 0,
  unknownMaxMicro: 0,
};

export const COST_DIMENSIONS = ['day', 'model', 'batch', 'outcome'] as const;
export type CostDimension = (typeof COST_DIMENSIONS)[number];

/** One line of a cost report: the asked dimensions and what they add up to. */
export type CostLine = Readonly<Partial<Record<CostDimension, string>>> & CostAmounts;

export interface CostReport {
  readonly from: string;
  readonly to: string;
  readonly by: readonly CostDimension[];
  readonly rows: readonly CostLine[];
  readonly total: CostAmounts;
}

type Costed = Readonly<Record<CostDimension, string>> & { readonly amounts: CostAmounts };

/** Gathers costs by dimensions, days from `from` to `to` (both included); rows in order of their dimensions. */
export function costReport(
  window: { readonly from: string; readonly to: string },
  by: readonly CostDimension[],
  costs: Iterable<Costed>,
): CostReport {
  const lines = new Map<string, { key: string[]; amounts: CostAmounts }>();
  let total = NO_COST;
  for (const cost of costs) {
    if (cost.day < window.from || cost.day > window.to) continue;
    const key = by.map((dimension) => cost[dimension]);
    const id = JSON.stringify(key);
    const line = lines.get(id);
    lines.set(id, { key, amounts: addCost(line?.amounts ?? NO_COST, cost.amounts) });
    total = addCost(total, cost.amounts);
  }
  const rows = [...lines.values()]
    .filter((line) => line.amounts.attempts > 0)
    .sort((a, b) => compareKeys(a.key, b.key))
    .map((line): CostLine => {
      const dimensions: Partial<Record<CostDimension, string>> = {};
      for (const [index, dimension] of by.entries()) dimensions[dimension] = line.key[index] ?? '';
      return { ...dimensions, ...line.amounts };
    });
  return { ...window, by, rows, total };
}

export function addCost(a: CostAmounts, b: CostAmounts): CostAmounts {
  return {
    images: a.images + b.images,
    attempts: a.attempts + b.attempts,
    inputTokens: a.inputTokens + b.inputTokens,
    textTokens: a.textTokens + b.textTokens,
    imageTokens: a.imageTokens + b.imageTokens,
    creditsMicro: a.creditsMicro + b.creditsMicro,
    wasteMicro: a.wasteMicro + b.wasteMicro,
    unknownMaxMicro: a.unknownMaxMicro + b.unknownMaxMicro,
  };
}

function compareKeys(a: readonly string[], b: readonly string[]): number {
  for (const [index, value] of a.entries()) {
    const other = b[index] ?? '';
    if (value !== other) return value < other ? -1 : 1;
  }
  return 0;
}
