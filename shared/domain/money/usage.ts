import {
  DEFAULT_IMAGE_SIZE,
  type ImageSize,
  imageTokensByPixels,
  type ModelProfile,
} from '../calls/models.ts';

/** The provider's own counts as they came over the wire, under one set of names (provider-contract §3: P, C, T, R, I). */
export interface TokenCounts {
  readonly promptTokens?: number;
  readonly completionTokens?: number;
  readonly totalTokens?: number;
  readonly reasoningTokens?: number;
  readonly imageTokens?: number;
}

/** What the provider says of a call: its counts, and what it cost. */
export interface ReportedUsage extends TokenCounts {
  /** US dollars, if the provider says it. */
  readonly costUsd?: number;
}

/** How the split of the output into image and text was come by; the surest first. */
export const USAGE_BASES = ['reported', 'estimated', 'derived', 'assumed'] as const;
type UsageBasis = (typeof USAGE_BASES)[number];

export const USAGE_FLAGS = ['usage_inconsistent', 'possible_lost_image', 'usage_implausible'] as const;
type UsageFlag = (typeof USAGE_FLAGS)[number];

/** Tokens of one call by the kinds that are priced apart; thinking counts as text. */
export interface TokenSplit {
  readonly inputTokens: number;
  readonly textTokens: number;
  readonly imageTokens: number;
  readonly basis: UsageBasis;
  readonly flags: readonly UsageFlag[];
}

/** What is known of a call besides its usage: the pixels of each image in the order they came, and what was asked. */
export interface CallFacts {
  readonly imageSize: ImageSize | undefined;
  readonly imagePixels: readonly number[];
  /** Of pictures that were there and cannot be used: made and billed like any other. */
  readonly unusedPixels?: readonly number[];
  readonly promptBytes: number;
  readonly references: number;
}

/** Text tokens taken for granted where an answer with an image has no usage at all (provider-contract §3). */
const ASSUMED_TEXT_TOKENS = 500;
const BYTES_PER_TOKEN = 4;
const LOST_IMAGE_SHARE = 0.9;
/** The table is exact for the models that it is of; fewer image tokens than this share, or more than so many times, are not theirs. */
const LEAST_IMAGE_SHARE = 0.9;
const MOST_IMAGE_SHARE = 2;

/** A call's tokens by kind (provider-contract §3): reported, estimated from pixels, derived without an image, or assumed. */
export function splitUsage(
  usage: ReportedUsage | undefined,
  facts: CallFacts,
  profile: ModelProfile,
): TokenSplit {
  if (usage === undefined || !hasUsage(usage)) return assumedSplit(facts, profile);

  const { outputTokens, inconsistent } = outputOf(usage);
  const flags: UsageFlag[] = [
    ...(inconsistent ? (['usage_inconsistent'] as const) : []),
    ...(isImplausible(usage, facts, profile) ? (['usage_implausible'] as const) : []),
  ];
  const inputTokens = count(usage.promptTokens) ?? assumedInputTokens(facts, profile);
  const split = (basis: UsageBasis, imageTokens: number, ...more: UsageFlag[]): TokenSplit => ({
    inputTokens,
    imageTokens,
    textTokens: outputTokens - imageTokens,
    basis,
    flags: [...flags, ...more],
  });

  const reported = count(usage.imageTokens);
  const hasImage = allPixels(facts).length > 0;
  if (hasImage && !hasOutput(usage)) return { ...assumedSplit(facts, profile), inputTokens };
  if (reported !== undefined && reported > 0 && reported <= outputTokens) return split('reported', reported);
  if (hasImage) return split('estimated', fittingImageTokens(outputTokens, facts, profile));
  const lost = looksLikeLostImage(outputTokens, facts.imageSize, profile);
  const more: UsageFlag[] = lost ? ['possible_lost_image'] : [];
  return split(reported === 0 ? 'reported' : 'derived', 0, ...more);
}

/** Whether the provider counted anything at all; a zero-filled usage object says as little as none. */
export function hasUsage(usage: ReportedUsage): boolean {
  return [usage.promptTokens, usage.completionTokens, usage.totalTokens, usage.imageTokens].some(
    (each) => (count(each) ?? 0) > 0,
  );
}

/** Whether the output was counted at all; a prompt counted alone says nothing of what an image cost. */
function hasOutput(usage: ReportedUsage): boolean {
  return count(usage.completionTokens) !== undefined || (count(usage.totalTokens) ?? 0) > 0;
}

/** All output tokens, thinking included: contract §3, `O`. */
export function outputOf(usage: ReportedUsage): { outputTokens: number; inconsistent: boolean } {
  const prompt = count(usage.promptTokens) ?? 0;
  const completion = count(usage.completionTokens) ?? 0;
  const reasoning = count(usage.reasoningTokens) ?? 0;
  const total = count(usage.totalTokens);
  if (total !== undefined && total > 0) {
    if (total - prompt >= completion) return { outputTokens: total - prompt, inconsistent: false };
    return { outputTokens: completion, inconsistent: true };
  }
  return { outputTokens: completion + (reasoning > completion ? reasoning : 0), inconsistent: false };
}

/** Whether a call without an image used about the output tokens of the one it was asked for (provider-contract §2 V8, §5 row 19). */
export function looksLikeLostImage(
  outputTokens: number,
  asked: ImageSize | undefined,
  profile: ModelProfile,
): boolean {
  const expected = profile.imageTokens[asked ?? DEFAULT_IMAGE_SIZE];
  return expected !== undefined && outputTokens >= LOST_IMAGE_SHARE * expected;
}

/** Whether these counts can't be those of the pictures that came with them. */
function isImplausible(usage: ReportedUsage, facts: CallFacts, profile: ModelProfile): boolean {
  const last = facts.imagePixels.at(-1);
  if (last === undefined || !hasOutput(usage)) return false;
  const { outputTokens } = outputOf(usage);
  // More than all output is no count of images, and not read as one.
  const counted = count(usage.imageTokens) ?? 0;
  const reported = counted <= outputTokens ? counted : 0;
  const least = LEAST_IMAGE_SHARE * imageTokensByPixels(profile, last);
  const most = MOST_IMAGE_SHARE * tableTokens(facts, profile);
  return outputTokens < least || (reported > 0 && (reported < least || (most > 0 && reported > most)));
}

/** What the pictures of a call take by the table, whatever its usage says. */
export function tableTokens(facts: CallFacts, profile: ModelProfile): number {
  return allPixels(facts).reduce((sum, pixels) => sum + imageTokensByPixels(profile, pixels), 0);
}

/** The usable ones last: where not all fit into the output, those that cannot be used are left out first. */
function allPixels({ unusedPixels = [], imagePixels }: CallFacts): readonly number[] {
  return [...unusedPixels, ...imagePixels];
}

function fittingImageTokens(outputTokens: number, facts: CallFacts, profile: ModelProfile): number {
  return allPixels(facts).reduceRight((sum, pixels) => {
    const tokens = imageTokensByPixels(profile, pixels);
    return sum + tokens <= outputTokens ? sum + tokens : sum;
  }, 0);
}

function assumedSplit(facts: CallFacts, profile: ModelProfile): TokenSplit {
  return {
    inputTokens: assumedInputTokens(facts, profile),
    imageTokens: tableTokens(facts, profile),
    textTokens: ASSUMED_TEXT_TOKENS,
    basis: 'assumed',
    flags: [],
  };
}

function assumedInputTokens(facts: CallFacts, profile: ModelProfile): number {
  return Math.ceil(facts.promptBytes / BYTES_PER_TOKEN) + facts.references * profile.referenceTokens;
}

/** A count as the wire may give it: not a whole number of zero or more is no count. */
function count(value: number | undefined): number | undefined {
  return value !== undefined && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}
