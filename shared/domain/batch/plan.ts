import { DEFAULT_IMAGE_SIZE, type ImageSize, type ModelProfile } from '../calls/models.ts';
import type { BatchId } from '../ids.ts';
import type { ItemSpec } from '../item/item.ts';
import { type Budget, type BudgetScope, countsIn } from '../money/budget.ts';
import { maxCallCost } from '../money/charge.ts';
import { costMicro, sumMicro } from '../money/money.ts';
import type { Price } from '../money/prices.ts';

/** Items of one model and size in this stage, failures included. */
export interface Measured {
  readonly items: number;
  readonly creditsMicro: number;
  readonly workMs: number;
}

/** By `historyKey`. */
export type History = ReadonlyMap<string, Measured>;

/** Fewer measured items say too little. */
const LEAST_HISTORY = 20;

/** A response's text and thinking (contract §3: 90–350 and 150–340 tokens): least, and middle. */
const LEAST_TEXT_TOKENS = 90 + 150;
const USUAL_TEXT_TOKENS = (90 + 350) / 2 + (150 + 340) / 2;
const BYTES_PER_TOKEN = 4;

/** Planned credits in µcr. `high` is what budgets must hold; undefined is unknown. */
export interface PlannedCredits {
  readonly lowMicro: number | undefined;
  readonly expectedMicro: number | undefined;
  readonly highMicro: number | undefined;
}

/** Whether expected credits come from this stage's history or the price list. */
type ExpectationBasis = 'history' | 'prices' | 'both' | 'unknown';

export interface PlannedModel extends PlannedCredits {
  readonly model: string;
  readonly items: number;
  readonly basis: ExpectationBasis;
  /** Items behind the expectation. */
  readonly measuredItems: number;
  /** One call after the other; undefined if too little was measured. */
  readonly workMs: number | undefined;
}

export interface PlannedBudget {
  readonly scope: BudgetScope;
  readonly limitMicro: number;
  readonly availableMicro: number;
  readonly expectedMicro: number | undefined;
  readonly highMicro: number | undefined;
  /** `fits` in any case; `may-stop` above the expectation. */
  readonly verdict: 'fits' | 'may-stop' | 'stops' | 'unknown';
}

export function historyKey(model: string, size: ImageSize | undefined): string {
  return `${model} ${size ?? DEFAULT_IMAGE_SIZE}`;
}

/** An item to generate. */
interface ItemTerms {
  readonly profile: ModelProfile;
  readonly price: Price | undefined;
  readonly promptBytes: number;
}

export interface PlanGatherer {
  add(spec: ItemSpec, terms: ItemTerms): void;
  models(): PlannedModel[];
  total(): PlannedCredits & { readonly workMs: number | undefined };
  budgets(available: (budget: Budget) => number): PlannedBudget[];
}

/** Adds up items by model and budget; keeps none. */
export function planGatherer(history: History, budgets: readonly Budget[], batch: BatchId): PlanGatherer {
  const byModel = new Map<string, PlannedModel>();
  const byScope = new Map<BudgetScope, Sums>();

  function add(spec: ItemSpec, terms: ItemTerms): void {
    const { model } = spec.settings;
    const item = plannedItem(spec, terms, measuredOf(history, spec));
    const before = byModel.get(model);
    byModel.set(model, before === undefined ? item : plus(before, item));
    for (const { scope } of budgets) {
      if (!countsIn(scope, { ...spec, batch, model, provider: terms.profile.provider })) continue;
      byScope.set(scope, addSums(byScope.get(scope) ?? NOTHING, item));
    }
  }

  function planned(available: (budget: Budget) => number): PlannedBudget[] {
    return budgets.flatMap((budget) => {
      const sums = byScope.get(budget.scope);
      if (sums === undefined) return [];
      const { scope, limitMicro } = budget;
      const { expectedMicro, highMicro } = sums;
      const availableMicro = available(budget);
      const verdict = verdictOf(availableMicro, sums);
      return [{ scope, limitMicro, availableMicro, expectedMicro, highMicro, verdict }];
    });
  }

  return {
    add,
    models: () => [...byModel.values()].sort((a, b) => a.model.localeCompare(b.model)),
    total: () => [...byModel.values()].reduce<Sums>(addSums, NOTHING),
    budgets: planned,
  };
}

type Sums = PlannedCredits & { readonly workMs: number | undefined };

const NOTHING: Sums = { lowMicro: 0, expectedMicro: 0, highMicro: 0, workMs: 0 };

function measuredOf(history: History, { settings }: ItemSpec): Measured | undefined {
  const measured = history.get(historyKey(settings.model, settings.imageSize));
  return measured !== undefined && measured.items >= LEAST_HISTORY ? measured : undefined;
}

function plannedItem(spec: ItemSpec, terms: ItemTerms, measured: Measured | undefined): PlannedModel {
  const listed = terms.price === undefined ? UNKNOWN : listedCredits(spec, terms, terms.price);
  const expectedMicro =
    measured === undefined ? listed.expectedMicro : Math.round(measured.creditsMicro / measured.items);
  return {
    model: spec.settings.model,
    items: 1,
    ...listed,
    expectedMicro,
    basis: measured !== undefined ? 'history' : expectedMicro === undefined ? 'unknown' : 'prices',
    measuredItems: measured?.items ?? 0,
    workMs: measured === undefined ? undefined : measured.workMs / measured.items,
  };
}

const UNKNOWN: PlannedCredits = { lowMicro: undefined, expectedMicro: undefined, highMicro: undefined };

/** One successful call at list price; at most, all that is reserved for it. */
function listedCredits(spec: ItemSpec, { profile, promptBytes }: ItemTerms, price: Price): PlannedCredits {
  const { settings, references } = spec;
  const imageTokens = profile.imageTokens[settings.imageSize ?? DEFAULT_IMAGE_SIZE] ?? 0;
  const inputTokens = Math.ceil(promptBytes / BYTES_PER_TOKEN) + references.length * profile.referenceTokens;
  const others = sumMicro(costMicro(inputTokens, price.inputMicro), costMicro(imageTokens, price.imageMicro));
  const withText = (textTokens: number) => sumMicro(others, costMicro(textTokens, price.textMicro));
  const facts = { promptBytes, references: references.length, imageSize: settings.imageSize };
  return {
    lowMicro: withText(LEAST_TEXT_TOKENS),
    expectedMicro: withText(USUAL_TEXT_TOKENS),
    highMicro: maxCallCost(facts, settings.maxTokens, profile, price),
  };
}

function plus(a: PlannedModel, b: PlannedModel): PlannedModel {
  return {
    model: a.model,
    items: a.items + b.items,
    ...addSums(a, b),
    basis: a.basis === b.basis ? a.basis : bothBases(a.basis, b.basis),
    measuredItems: Math.max(a.measuredItems, b.measuredItems),
  };
}

function bothBases(a: ExpectationBasis, b: ExpectationBasis): ExpectationBasis {
  return a === 'unknown' || b === 'unknown' ? 'unknown' : 'both';
}

/** If a part is unknown, so is the sum. */
function addSums(a: Sums, b: Sums): Sums {
  return {
    lowMicro: addKnown(a.lowMicro, b.lowMicro),
    expectedMicro: addKnown(a.expectedMicro, b.expectedMicro),
    highMicro: addKnown(a.highMicro, b.highMicro),
    workMs: addKnown(a.workMs, b.workMs),
  };
}

function addKnown(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a + b;
}

function verdictOf(availableMicro: number, { expectedMicro, highMicro }: Sums): PlannedBudget['verdict'] {
  if (expectedMicro === undefined || highMicro === undefined) return 'unknown';
  if (highMicro <= availableMicro) return 'fits';
  return expectedMicro <= availableMicro ? 'may-stop' : 'stops';
}
