import type { ImageSize } from '../../shared/domain/calls/models.ts';
import type { Price } from '../../shared/domain/money/prices.ts';
import type { Random } from './random.ts';

/** What a call really used. Thinking (`reasoning`) is priced as text. */
export interface TrueTokens {
  readonly input: number;
  readonly text: number;
  readonly reasoning: number;
  readonly image: number;
}

export const NO_TOKENS: TrueTokens = { input: 0, text: 0, reasoning: 0, image: 0 };

export interface SimulatedModel {
  readonly imageTokens: Readonly<Partial<Record<ImageSize, number>>>;
  readonly referenceTokens: number;
  readonly longAspectRatios: boolean;
}

/** Figures of provider-contract §3, repeated on purpose: the bill is a witness against the ledger and shares no table with it. */
export const SIMULATED_MODELS: Readonly<Record<string, SimulatedModel>> = {
  'gemini-3-pro-image-preview': {
    imageTokens: { '1K': 1120, '2K': 1120, '4K': 2000 },
    referenceTokens: 560,
    longAspectRatios: false,
  },
  'gemini-3.1-flash-image-preview': {
    imageTokens: { '512': 747, '1K': 1120, '2K': 1680, '4K': 2520 },
    referenceTokens: 1120,
    longAspectRatios: true,
  },
};

/** Tokens of a response without usage, as provider-contract §3 assumes: only then do ledger and bill agree exactly. */
const TEXT_WITHOUT_USAGE = 500;

/** Text (90–350) and thinking (150–340) of one answer, as real calls show them (provider-contract §3). */
export function drawTextTokens(random: Random, usageIsSent: boolean): Pick<TrueTokens, 'text' | 'reasoning'> {
  const reasoning = random.between(150, 340);
  const text = random.between(90, 350);
  return usageIsSent ? { text, reasoning } : { text: TEXT_WITHOUT_USAGE - reasoning, reasoning };
}

/** Input tokens: a quarter of the UTF-8 bytes of all text in the request, rounded up, and so many a reference image. */
export function inputTokens(
  model: SimulatedModel,
  request: { readonly promptBytes: number; readonly references: number },
): number {
  return Math.ceil(request.promptBytes / 4) + request.references * model.referenceTokens;
}

export function outputTokens(tokens: TrueTokens): number {
  return tokens.text + tokens.reasoning + tokens.image;
}

/** What a call costs, in µcr: the simulator's own arithmetic (provider-contract §4). */
export function creditsMicroOf(tokens: TrueTokens, price: Price): number {
  return (
    tokens.input * price.inputMicro +
    (tokens.text + tokens.reasoning) * price.textMicro +
    tokens.image * price.imageMicro
  );
}
