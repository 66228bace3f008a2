import { type DayWindow, monthOf, weekOf } from '../time/calendar.ts';

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

/** `tag:NAME` is one more, for every name of a tag. `schedule` is the tag of that name, which batches of a schedule bear. */
export const COST_DIMENSIONS = [
  'day',
  'week',
  'month',
  'model',
  'batch',
  'outcome',
  'basis',
  'schedule',
] as const;
export type CostDimension = (typeof COST_DIMENSIONS)[number] | `tag:${string}`;

/** A dimension as it is asked for, or undefined where there is none of that name. */
export function parseDimension(text: string): CostDimension | undefined {
  if (/^tag:./.test(text)) return text as `tag:${string}`;
  return COST_DIMENSIONS.find((each) => each === text);
}

/** Whether a dimension is known of charges only: roll-ups have neither a basis nor tags. */
export function isOfCharges(dimension: CostDimension): boolean {
  return dimension === 'basis' || dimension === 'schedule' || dimension.startsWith('tag:');
}

/** One line of a cost report: the asked dimensions and what they add up to. */
export type CostLine = Readonly<Partial<Record<CostDimension, string>>> & CostAmounts;

export interface CostReport extends DayWindow {
  readonly by: readonly CostDimension[];
  readonly rows: readonly CostLine[];
  readonly total: CostAmounts;
}

/** A roll-up, or a charge, as far as reports are concerned. */
export interface Costed {
  readonly day: string;
  readonly model: string;
  readonly batch: string;
  readonly outcome: string;
  readonly basis?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly amounts: CostAmounts;
}

/** Gathers costs by dimensions, days from `from` to `to` (both included); rows in order of their dimensions. */
export function costReport(
  window: DayWindow,
  by: readonly CostDimension[],
  costs: Iterable<Costed>,
): CostReport {
  const gatherer = costGatherer(window, by);
  for (const cost of costs) gatherer.add(cost);
  return gatherer.report();
}

/** `costReport`, one cost after the other: holds a line for each group, and no cost. */
export function costGatherer({ from, to }: DayWindow, by: readonly CostDimension[]) {
  const lines = new Map<string, { key: string[]; amounts: CostAmounts }>();
  let total = NO_COST;
  return {
    add: (cost: Costed): void => {
      if (cost.day < from || cost.day > to) return;
      const key = by.map((dimension) => partOf(cost, dimension));
      const id = JSON.stringify(key);
      const line = lines.get(id);
      lines.set(id, { key, amounts: addCost(line?.amounts ?? NO_COST, cost.amounts) });
      total = addCost(total, cost.amounts);
    },
    report: (): CostReport => ({ from, to, by, rows: linesInOrder([...lines.values()], by), total }),
  };
}

/** What has no such tag is under the empty name. */
function partOf(cost: Costed, dimension: CostDimension): string {
  switch (dimension) {
    case 'day':
    case 'model':
    case 'batch':
    case 'outcome':
      return cost[dimension];
    case 'week':
      return weekOf(cost.day);
    case 'month':
      return monthOf(cost.day);
    case 'basis':
      return cost.basis ?? '';
    case 'schedule':
      return tagOf(cost, 'schedule');
    default:
      return tagOf(cost, dimension.slice('tag:'.length));
  }
}

function tagOf({ tags }: Costed, name: string): string {
  return tags && Object.hasOwn(tags, name) ? (tags[name] ?? '') : '';
}

function linesInOrder(
  lines: readonly { readonly key: readonly string[]; readonly amounts: CostAmounts }[],
  by: readonly CostDimension[],
): CostLine[] {
  return lines
    .filter((line) => line.amounts.attempts > 0)
    .sort((a, b) => compareKeys(a.key, b.key))
    .map((line) => ({
      ...Object.fromEntries(by.map((dimension, index) => [dimension, line.key[index] ?? ''])),
      ...line.amounts,
    }));
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
