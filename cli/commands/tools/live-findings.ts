import { findModel, type ModelProfile } from '../../../shared/domain/calls/models.ts';
import { type Charge, priceOfSplit } from '../../../shared/domain/money/charge.ts';
import { formatCredits } from '../../../shared/domain/money/money.ts';
import { type AnswerShape, answerShape } from '../../../shared/provider/answer/answer-shape.ts';
import { fieldAt } from '../../../shared/provider/json-value.ts';
import type { Config } from '../../../shared/runtime/config.ts';
import type { LiveCall } from './live-call.ts';

export interface LiveFinding {
  readonly model: string;
  readonly provider: string;
  readonly outcome: string;
  readonly seconds: number;
  readonly statuses: readonly number[];
  readonly imageAt: readonly string[];
  readonly pixels: string | undefined;
  readonly usage: unknown;
  readonly tokens: Charge['split'] | undefined;
  readonly credits: string | undefined;
  /** The cost of these tokens at each price, in credits. */
  readonly prices: Readonly<Record<string, string>>;
  /** In US dollars, if the provider states it. */
  readonly statedUsd: number | undefined;
  readonly limits: Readonly<Record<string, string>>;
  readonly text: boolean;
  /** Lines for the configuration file, if it differs. */
  readonly proposals: readonly string[];
}

/** What a call shows about a provider, for setting it up. */
export function liveFinding(call: LiveCall, config: Config): LiveFinding {
  const profile = findModel(config.models, call.model);
  if (profile === undefined) throw new Error(`${call.model} was called, so it is configured`);
  const last = call.answers.at(-1);
  const shape = last === undefined ? undefined : answerShape(last.body);
  const charge = call.charges.at(-1);
  const [image] = call.result.images;
  const [failure] = call.result.failures;
  const [pause] = call.result.pauses ?? [];
  const finding = {
    model: profile.model,
    provider: profile.provider,
    outcome: image === undefined ? (failure?.message ?? pause?.message ?? call.result.state) : 'image',
    seconds: Math.round(call.tookMs / 100) / 10,
    statuses: call.answers.map(({ status }) => status),
    imageAt: shape?.imagePlaces ?? [],
    pixels: image === undefined ? undefined : `${image.width}×${image.height} ${image.type}`,
    usage: shape?.usage,
    tokens: charge?.split,
    credits: charge === undefined ? undefined : formatCredits(charge.creditsMicro),
    prices: pricesOf(charge, profile, config),
    statedUsd: statedUsd(shape),
    limits: limitHeaders(last?.headers ?? {}),
    text: call.charges.some(({ split }) => split.textTokens > 0),
  };
  return { ...finding, proposals: proposalsOf(finding, profile, config) };
}

function pricesOf(charge: Charge | undefined, { model }: ModelProfile, { prices }: Config) {
  const own = charge === undefined ? [] : prices.prices.filter((price) => price.model === model);
  return Object.fromEntries(
    own.map((price) => [
      price.name,
      charge === undefined ? '' : formatCredits(priceOfSplit(charge.split, price)),
    ]),
  );
}

/** OpenRouter's `usage.cost`, in dollars. */
function statedUsd(shape: AnswerShape | undefined): number | undefined {
  const cost = fieldAt(shape?.usage, 'cost');
  return typeof cost === 'number' && Number.isFinite(cost) ? cost : undefined;
}

function limitHeaders(headers: Readonly<Record<string, unknown>>): Record<string, string> {
  const named = Object.entries(headers).filter(([name]) => /rate-?limit|retry-after|quota/i.test(name));
  return Object.fromEntries(named.map(([name, value]) => [name, String(value)]));
}

type Seen = Omit<LiveFinding, 'proposals'>;

function proposalsOf(seen: Seen, profile: ModelProfile, config: Config): string[] {
  return [...imageTokens(seen, profile), ...fittingPrice(seen, config)];
}

/** Only tokens that the provider counted are evidence. */
function imageTokens({ tokens }: Seen, { model, imageTokens }: ModelProfile): string[] {
  if (tokens?.basis !== 'reported' || tokens.imageTokens === 0) return [];
  if (Object.values(imageTokens).includes(tokens.imageTokens)) return [];
  const proposed = { ...imageTokens, '1K': tokens.imageTokens };
  return [`"models": { "${model}": { "imageTokens": ${JSON.stringify(proposed)} } }`];
}

/** Bills are rounded. */
const CLOSE = 0.02;

/** The published price that fits the stated cost, if it is not the one in use. */
function fittingPrice(
  { model, provider, statedUsd, prices, credits }: Seen,
  { providers }: Config,
): string[] {
  const usdPerCredit = providers.get(provider)?.usdPerCredit;
  if (statedUsd === undefined || usdPerCredit === undefined || credits === undefined) return [];
  const stated = statedUsd / usdPerCredit;
  const isClose = (text: string) => Math.abs(Number(text) - stated) <= CLOSE * stated;
  if (isClose(credits)) return [];
  const [fits] = Object.entries(prices).find(([, text]) => isClose(text)) ?? [];
  return fits === undefined
    ? [
        `the provider says ${stated.toFixed(3)} credits, which no price of ${model} comes to: add one to "prices"`,
      ]
    : [`"models": { "${model}": { "price": "${fits}" } }`];
}
