import type { FailureCode } from '../../shared/domain/calls/failure.ts';
import { DEFAULT_IMAGE_SIZE, type ImageSize } from '../../shared/domain/calls/models.ts';
import type { ImageType } from '../../shared/domain/item/image-type.ts';
import type { Pixels } from '../../shared/domain/item/setting-values.ts';
import type { ImageRole } from './answers/answer.ts';
import { reportsUsage, type UsageShape } from './answers/usage.ts';
import {
  EVENT_VARIANTS,
  isEventVariant,
  VARIANTS_BY_LINK,
  VARIANTS_OF_ONE,
  VARIANTS_WITH_DRAFTS,
  type VariantName,
} from './answers/variants.ts';
import { type FailureName, failuresOf, SIMULATED_FAILURES } from './failures.ts';
import { drawLatencyMs, type Latency } from './latency.ts';
import { documentedPixels } from './pictures/sizes.ts';
import type { SimulatorProfile } from './profiles.ts';
import { type Random, randomFrom } from './random.ts';
import type { SimulatedRequest } from './request.ts';
import { drawTextTokens, inputTokens, NO_TOKENS, type TrueTokens } from './tokens.ts';

/** What a call shall come to, when a test or the profile says so; `latencyMs` in place of the drawn one. */
export type Outcome = { readonly usage?: UsageShape; readonly latencyMs?: number } & (
  | { readonly kind: 'image'; readonly variant?: VariantName }
  | { readonly kind: 'failure'; readonly failure: FailureName }
);

/** All that is decided about one call before anything is done: plain data, the same for the same seed and call. */
export interface CallPlan {
  readonly id: string;
  readonly outcome:
    | { readonly kind: 'image'; readonly variant: VariantName }
    | { readonly kind: 'failure'; readonly failure: FailureName };
  readonly usage: UsageShape;
  readonly tokens: TrueTokens;
  readonly billed: boolean;
  readonly picture: Pixels & { readonly type: ImageType; readonly declaredType: string };
  readonly roles: readonly ImageRole[];
  readonly latencyMs: number;
}

interface DecisionSettings {
  readonly seed: string;
  readonly profile: SimulatorProfile;
  readonly latency: Latency;
  /** Images can be fetched by link, so variants that send links may be drawn. */
  readonly links: boolean;
}

/** Usage as failed answers tell it: their split is not what fails about them. */
const USAGE_OF_FAILURES: readonly UsageShape[] = ['documented', 'image-tokens'];
const WRONG_SHAPE = { aspectRatio: '1:1', imageSize: DEFAULT_IMAGE_SIZE };

/** Decides one call by seed and call alone, never by order of arrival. `nth`: earlier calls with the same request. */
export function decideCall(
  request: SimulatedRequest,
  nth: number,
  settings: DecisionSettings,
  scripted?: Outcome,
): CallPlan {
  const draw = (what: string) => randomFrom(settings.seed, request.sameness, nth, what);
  const outcome = scripted ?? drawOutcome(request, nth, settings, draw);
  const wrongShape = outcome.kind === 'image' && draw('shape').chance(settings.profile.wrongShape);
  const { aspectRatio, imageSize } = wrongShape ? WRONG_SHAPE : request;
  const base = {
    id: `sim-${request.sameness.slice(0, 16)}-${nth}`,
    picture: drawPicture(aspectRatio, imageSize, settings.profile, draw('type')),
    latencyMs: outcome.latencyMs ?? drawLatencyMs(settings.latency, draw('latency')),
  };
  const imageTokens = request.model.imageTokens[imageSize] ?? 0;
  if (outcome.kind === 'failure') return { ...base, ...planFailure(outcome, imageTokens, request, draw) };
  return { ...base, ...planImage(outcome, imageTokens, request, settings, draw) };
}

type Draw = (what: string) => Random;
type PlannedAnswer = Omit<CallPlan, 'id' | 'picture' | 'latencyMs'>;

function drawPicture(
  aspectRatio: string,
  imageSize: ImageSize,
  profile: SimulatorProfile,
  random: Random,
): CallPlan['picture'] {
  const pixels = documentedPixels(aspectRatio, imageSize);
  if (pixels === undefined) throw new Error(`no pixels for aspect ratio ${aspectRatio}`);
  const type = random.weighted(profile.types) ?? 'image/png';
  const mislabelled = random.chance(profile.wrongType);
  const otherType = type === 'image/png' ? 'image/jpeg' : 'image/png';
  return { ...pixels, type, declaredType: mislabelled ? otherType : type };
}

function drawOutcome(
  request: SimulatedRequest,
  nth: number,
  { profile, links }: DecisionSettings,
  draw: Draw,
): Outcome {
  const failure = drawFailure(profile, nth, draw);
  if (failure !== undefined) return { kind: 'failure', failure };
  const weights = Object.entries(profile.variants).filter(([name]) => {
    const variant = name as VariantName;
    return (links || !VARIANTS_BY_LINK.has(variant)) && (!request.stream || isEventVariant(variant));
  });
  const drawn = draw('variant').weighted(Object.fromEntries(weights)) as VariantName | undefined;
  const variant = drawn ?? (request.stream ? EVENT_VARIANTS[0] : 'V1') ?? 'V1';
  return { kind: 'image', variant };
}

function drawFailure(profile: SimulatorProfile, nth: number, draw: Draw): FailureName | undefined {
  const fade = profile.failuresFadeBy ** nth;
  const random = draw('failure');
  let left = random.next();
  for (const [key, probability] of Object.entries(profile.failures)) {
    left -= probability * fade;
    if (left < 0) return random.pick(namesFor(key));
  }
  return undefined;
}

function namesFor(codeOrName: string): FailureName[] {
  if (Object.hasOwn(SIMULATED_FAILURES, codeOrName)) return [codeOrName as FailureName];
  return failuresOf(codeOrName as FailureCode);
}

function planImage(
  asked: Extract<Outcome, { kind: 'image' }>,
  imageTokens: number,
  request: SimulatedRequest,
  settings: DecisionSettings,
  draw: Draw,
): PlannedAnswer {
  const variant = asked.variant ?? 'V1';
  const drawn = asked.usage ?? draw('usage').weighted(settings.profile.usage) ?? 'documented';
  const usage = variant === 'V9' ? 'native' : drawn;
  const text = drawTextTokens(draw('tokens'), reportsUsage(usage));
  const roles = drawRoles(variant, usage, settings.profile, draw('roles'));
  const billedImages = roles.filter((role) => role === 'result' || role === 'extra').length;
  const image = imageTokens * billedImages;
  if (image + text.text + text.reasoning > request.maxTokens) {
    return planFailure({ kind: 'failure', failure: 'max-tokens' }, imageTokens, request, draw);
  }
  const tokens = { input: inputTokens(request.model, request), ...text, image };
  return { outcome: { kind: 'image', variant }, usage, tokens, billed: true, roles };
}

function drawRoles(
  variant: VariantName,
  usage: UsageShape,
  profile: SimulatorProfile,
  random: Random,
): ImageRole[] {
  if (VARIANTS_OF_ONE.has(variant) || !random.chance(profile.moreImages)) return ['result'];
  const choices: ImageRole[] = ['repeat'];
  if (VARIANTS_WITH_DRAFTS.has(variant)) choices.push('draft');
  // Without usage the ledger counts images by itself; a second one keeps to answers that say what was used.
  if (reportsUsage(usage)) choices.push('extra');
  return [random.pick(choices), 'result'];
}

function planFailure(
  asked: Extract<Outcome, { kind: 'failure' }>,
  imageTokens: number,
  request: SimulatedRequest,
  draw: Draw,
): PlannedAnswer {
  const { uses, billedShare, withPicture } = SIMULATED_FAILURES[asked.failure];
  const billed = uses !== 'nothing' && draw('billed').chance(billedShare ?? 1);
  return {
    outcome: { kind: 'failure', failure: asked.failure },
    usage: asked.usage ?? draw('usage').pick(USAGE_OF_FAILURES),
    tokens: billed ? tokensOfFailure(uses, imageTokens, request, draw) : NO_TOKENS,
    billed,
    roles: withPicture ? ['result'] : [],
  };
}

function tokensOfFailure(
  uses: (typeof SIMULATED_FAILURES)[FailureName]['uses'],
  imageTokens: number,
  request: SimulatedRequest,
  draw: Draw,
): TrueTokens {
  const input = inputTokens(request.model, request);
  const text = drawTextTokens(draw('tokens'), true);
  switch (uses) {
    case 'nothing':
      return NO_TOKENS;
    case 'input':
      return { ...NO_TOKENS, input };
    case 'text':
      return { ...text, input, image: 0 };
    case 'limit': {
      const reasoning = Math.min(text.reasoning, request.maxTokens);
      return { input, reasoning, text: request.maxTokens - reasoning, image: 0 };
    }
    case 'image':
      return { ...text, input, image: imageTokens };
  }
}
