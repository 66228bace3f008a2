import { type DayWindow, monthOf, weekOf } from '../time/calendar.ts';
import {
  type Decimal,
  decimalOfNumber,
  decimalOfUnits,
  dollarsOf,
  plus,
  unitsOfQuotient,
} from './decimal.ts';
import { grouped } from './grouped.ts';
import { DEFAULT_USD_PER_CREDIT } from './money.ts';

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
  /** What the provider itself says that calls cost, where it says it, at the rate of their charges. */
  readonly statedMicro: number;
  /** What is recorded for those calls. */
  readonly statedForMicro: number;
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
  statedMicro: 0,
  statedForMicro: 0,
};

export const AMOUNTS = Object.keys(NO_COST) as readonly (keyof CostAmounts)[];

/** A roll-up, or a charge, as far as reports are concerned. */
export interface Costed {
  readonly day: string;
  readonly model: string;
  readonly batch: string;
  readonly outcome: string;
  readonly provider: string;
  /** US dollars a credit. */
  readonly rate: number;
  readonly basis?: string | undefined;
  readonly price?: string | undefined;
  readonly size?: string | undefined;
  readonly user?: string | undefined;
  readonly tags?: Readonly<Record<string, string>>;
  readonly amounts: CostAmounts;
}

interface Dimension {
  /** The group that a cost belongs to; empty if it has none. */
  readonly groupOf: (cost: Costed) => string;
  /** Charges know it and roll-ups do not. */
  readonly ofChargesOnly?: true;
}

/** What costs can be grouped by, besides `tag:NAME`. `schedule` is the tag of that name, which a schedule's batches bear. */
export const COST_DIMENSIONS = {
  day: { groupOf: ({ day }) => day },
  week: { groupOf: ({ day }) => weekOf(day) },
  month: { groupOf: ({ day }) => monthOf(day) },
  model: { groupOf: ({ model }) => model },
  batch: { groupOf: ({ batch }) => batch },
  outcome: { groupOf: ({ outcome }) => outcome },
  provider: { groupOf: ({ provider }) => provider },
  price: { groupOf: ({ price = '' }) => price, ofChargesOnly: true },
  size: { groupOf: ({ size = '' }) => size, ofChargesOnly: true },
  user: { groupOf: ({ user = '' }) => user, ofChargesOnly: true },
  basis: { groupOf: ({ basis = '' }) => basis, ofChargesOnly: true },
  schedule: { groupOf: (cost) => tagOf(cost, 'schedule'), ofChargesOnly: true },
} as const satisfies Readonly<Record<string, Dimension>>;

type TagDimension = `tag:${string}`;
type NamedDimension = keyof typeof COST_DIMENSIONS;
export type CostDimension = NamedDimension | TagDimension;

/** A dimension as it is asked for, or undefined if there is none of that name. */
export function parseDimension(text: string): CostDimension | undefined {
  return isTagDimension(text) || isNamedDimension(text) ? text : undefined;
}

/** Whether a dimension is known of charges only: roll-ups have neither a basis nor tags. */
export function isOfCharges(dimension: CostDimension): boolean {
  return dimensionOf(dimension).ofChargesOnly === true;
}

/** The group of a dimension that a cost belongs to. */
export function groupOf(dimension: CostDimension, cost: Costed): string {
  return dimensionOf(dimension).groupOf(cost);
}

function dimensionOf(dimension: CostDimension): Dimension {
  if (!isTagDimension(dimension)) return COST_DIMENSIONS[dimension];
  const name = dimension.slice('tag:'.length);
  return { groupOf: (cost) => tagOf(cost, name), ofChargesOnly: true };
}

function isNamedDimension(text: string): text is NamedDimension {
  return Object.hasOwn(COST_DIMENSIONS, text);
}

function isTagDimension(text: string): text is TagDimension {
  return /^tag:./.test(text);
}

/** What has no such tag is under the empty name. */
function tagOf({ tags }: Costed, name: string): string {
  return tags && Object.hasOwn(tags, name) ? (tags[name] ?? '') : '';
}

/** One line of a cost report: the asked dimensions and what they add up to. */
export type CostLine = Readonly<Partial<Record<CostDimension, string>>> & CostSums;

/** What a group of charges adds up to, at the rates that they name. */
export interface CostSums extends CostAmounts {
  /** US dollars of the credits, exact. */
  readonly usd: Decimal;
  /** US dollars a credit: the mean, if several rates are in it. */
  readonly usdPerCredit: number;
}

export interface CostReport extends DayWindow {
  readonly by: readonly CostDimension[];
  readonly rows: readonly CostLine[];
  readonly total: CostSums;
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
export function costGatherer(
  { from, to }: DayWindow,
  by: readonly CostDimension[],
  isAsked: (cost: Costed) => boolean = () => true,
) {
  const dimensions = by.map(dimensionOf);
  const lines = grouped(newSum);
  return {
    add: (cost: Costed): void => {
      if (cost.day < from || cost.day > to || !isAsked(cost)) return;
      const { amounts, microByRate } = lines.at(dimensions.map(({ groupOf }) => groupOf(cost)));
      addAmounts(amounts, cost.amounts);
      microByRate.set(cost.rate, (microByRate.get(cost.rate) ?? 0) + cost.amounts.creditsMicro);
    },
    report: (): CostReport => {
      const total = newSum();
      const rows: CostLine[] = [];
      for (const [key, sum] of lines.entries()) {
        addTo(total, sum);
        if (sum.amounts.attempts > 0) rows.push(lineOf(by, key, sum));
      }
      return { from, to, by, rows, total: sumsOf(total) };
    },
  };
}

function lineOf(by: readonly CostDimension[], key: readonly string[], sum: Sum): CostLine {
  return {
    ...Object.fromEntries(by.map((dimension, index) => [dimension, key[index] ?? ''])),
    ...sumsOf(sum),
  };
}

/** Added to in place: a year has a million charges. */
type GrowingAmounts = { -readonly [Name in keyof CostAmounts]: CostAmounts[Name] };

interface Sum {
  readonly amounts: GrowingAmounts;
  /** Credits at each rate: dollars are multiplied once, at the end. */
  readonly microByRate: Map<number, number>;
}

function newSum(): Sum {
  return { amounts: { ...NO_COST }, microByRate: new Map() };
}

function addTo({ amounts, microByRate }: Sum, added: Sum): void {
  addAmounts(amounts, added.amounts);
  for (const [rate, micro] of added.microByRate) microByRate.set(rate, (microByRate.get(rate) ?? 0) + micro);
}

export function addAmounts(to: GrowingAmounts, added: CostAmounts): void {
  for (const name of AMOUNTS) to[name] += added[name];
}

function sumsOf({ amounts, microByRate }: Sum): CostSums {
  const usd = [...microByRate].reduce(
    (sum, [rate, micro]) => plus(sum, dollarsOf(micro, rate)),
    decimalOfNumber(0),
  );
  const [only = DEFAULT_USD_PER_CREDIT, ...others] = microByRate.keys();
  const mean =
    others.length === 0 || amounts.creditsMicro === 0
      ? only
      : unitsOfQuotient(usd, decimalOfUnits(amounts.creditsMicro, 6), 12) / 1e12;
  return { ...amounts, usd, usdPerCredit: mean };
}
