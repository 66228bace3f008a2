import type { FailureCode } from '../calls/failure.ts';
import { DEFAULT_IMAGE_SIZE, DEFAULT_MAX_TOKENS, type ModelProfile } from '../calls/models.ts';
import type { AttemptId, BatchId } from '../ids.ts';
import { costMicro, sumMicro } from './money.ts';
import type { Price } from './prices.ts';
import {
  type CallFacts,
  type ReportedUsage,
  splitUsage,
  type TokenCounts,
  type TokenSplit,
  tableTokens,
} from './usage.ts';

/** `image`; `duplicate`: another attempt's image was first; `unknown`: no response, may be billed; or the failure's code. */
export type ChargeOutcome = 'image' | 'duplicate' | 'unknown' | FailureCode;

/** `creditsMicro` is recorded; `creditsMaxMicro` is the maximum the provider can ask (all output at the image rate). */
export interface CallCost {
  readonly split: TokenSplit;
  readonly price: string;
  readonly creditsMicro: number;
  readonly creditsMaxMicro: number;
}

/** The ledger's entry of an attempt. Replaced only if an `unknown` one has answered, or another image was first (`ledger.ts`). */
export interface Charge extends CallCost {
  readonly attempt: AttemptId;
  readonly batch: BatchId;
  readonly row: number;
  readonly variant: number;
  readonly model: string;
  /** Who served it: a provider of the configuration. */
  readonly provider: string;
  /** US dollars a credit: the rate of the provider that its credits were priced at. */
  readonly rate: number;
  /** US dollars that the provider itself says the call cost; missing if it says nothing. */
  readonly costUsd?: number;
  /** When the attempt started, ISO 8601 in UTC; its day is the day of the charge. */
  readonly at: string;
  readonly outcome: ChargeOutcome;
  readonly images: number;
  /** The image size that was asked for, or the model's own; missing in charges of earlier releases. */
  readonly size?: string;
  /** Who submitted the batch, as far as is known. */
  readonly user?: string;
  readonly tags: Readonly<Record<string, string>>;
  /** The usage as it came, kept so that a doubt can be settled later; undefined if there was none. */
  readonly usage: TokenCounts | undefined;
}

/** Usage → money, pure: splits the tokens (contract §3) and prices them (contract §4). Throws `MoneyError` if a count is absurd. */
export function costOfCall(
  usage: ReportedUsage | undefined,
  facts: CallFacts,
  profile: ModelProfile,
  price: Price,
): CallCost {
  const split = splitUsage(usage, facts, profile);
  const inputMicro = costMicro(split.inputTokens, price.inputMicro);
  const dearestMicro = Math.max(price.imageMicro, price.textMicro);
  const allDearest = sumMicro(inputMicro, costMicro(split.textTokens + split.imageTokens, dearestMicro));
  // Where the usage can't be right, what the pictures take by the table may be billed besides the text.
  const byTable = split.flags.includes('usage_implausible')
    ? priceOfSplit({ ...split, imageTokens: tableTokens(facts, profile) }, price)
    : 0;
  return {
    split,
    price: price.name,
    creditsMicro: priceOfSplit(split, price),
    creditsMaxMicro: Math.max(allDearest, byTable),
  };
}

/** What tokens by kind cost at a price, in µcr (contract §4). */
export function priceOfSplit(split: TokenSplit, price: Price): number {
  return sumMicro(
    costMicro(split.inputTokens, price.inputMicro),
    costMicro(split.textTokens, price.textMicro),
    costMicro(split.imageTokens, price.imageMicro),
  );
}

/** A call's maximum cost before it is sent, in µcr: a token of input is at least a byte, and `ceiling` bounds the output. */
export function maxCallCost(
  facts: Pick<CallFacts, 'promptBytes' | 'references' | 'imageSize'>,
  maxTokens: number | undefined,
  profile: ModelProfile,
  price: Price,
): number {
  const inputTokens = facts.promptBytes + facts.references * profile.referenceTokens;
  const allowed = maxTokens ?? DEFAULT_MAX_TOKENS;
  const dearestMicro = Math.max(price.imageMicro, price.textMicro);
  const imageTokens = Math.min(allowed, mostImageTokens(facts, profile, price));
  return sumMicro(
    costMicro(inputTokens, price.inputMicro),
    costMicro(imageTokens, dearestMicro),
    costMicro(allowed - imageTokens, price.textMicro),
  );
}

/** The cost of a call whose answer never arrived: nothing is recorded, and `creditsMaxMicro` is the most it can have cost. */
export function costOfUnknown(
  facts: CallFacts,
  maxTokens: number | undefined,
  profile: ModelProfile,
  price: Price,
): CallCost {
  return {
    split: { inputTokens: 0, textTokens: 0, imageTokens: 0, basis: 'assumed', flags: [] },
    price: price.name,
    creditsMicro: 0,
    creditsMaxMicro: maxCallCost(facts, maxTokens, profile, price),
  };
}

/**
 * What the provider may ask beyond the recorded cost: zero if usage settles it, all for an unknown outcome, an image's
 * cost for a response that lost its image (contract §2 V8) or whose usage can't be its picture's.
 */
export function unknownMaxMicro(cost: CallCost, outcome: ChargeOutcome): number {
  const settled = outcome !== 'unknown' && !isLostWithoutSplit(cost) && !isImplausible(cost);
  return settled ? 0 : cost.creditsMaxMicro - cost.creditsMicro;
}

/** What a charge takes out of budgets: what is recorded, and what the provider may ask for it beyond that. */
export function countedMicro(charge: CallCost & Pick<Charge, 'outcome'>): number {
  return charge.creditsMicro + unknownMaxMicro(charge, charge.outcome);
}

/** Credits that brought no image that anyone keeps. */
export function wasteMicro(charge: Pick<Charge, 'outcome' | 'creditsMicro'>): number {
  return charge.outcome === 'image' ? 0 : charge.creditsMicro;
}

function mostImageTokens(
  { imageSize = DEFAULT_IMAGE_SIZE }: Pick<CallFacts, 'imageSize'>,
  profile: ModelProfile,
  { ceiling }: Price,
): number {
  switch (ceiling) {
    case 'one-image':
      return dearestImage(profile);
    case 'asked-size':
      return profile.imageTokens[imageSize] ?? dearestImage(profile);
    case 'max-tokens':
      return Number.POSITIVE_INFINITY;
  }
}

/** By the table of a model: a plan asks for each of a million items. */
const dearest = new WeakMap<ModelProfile['imageTokens'], number>();

function dearestImage({ imageTokens }: ModelProfile): number {
  const known = dearest.get(imageTokens);
  if (known !== undefined) return known;
  const most = Math.max(0, ...Object.values(imageTokens));
  dearest.set(imageTokens, most);
  return most;
}

function isImplausible({ split }: CallCost): boolean {
  return split.flags.includes('usage_implausible');
}

function isLostWithoutSplit(cost: CallCost): boolean {
  return cost.split.imageTokens === 0 && cost.split.flags.includes('possible_lost_image');
}
