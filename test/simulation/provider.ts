import * as z from 'zod/mini';
import type { Random } from '../../local/simulator/random.ts';
import {
  FAILURE_CODES,
  FAILURES,
  type Failure,
  type FailureCode,
  type Reach,
} from '../../shared/domain/calls/failure.ts';
import { type Price, priceList, priceOn } from '../../shared/domain/money/prices.ts';
import type { CallOutcome, ImageRequest, KeptAnswer } from '../../shared/provider/types.ts';
import { picture } from './pictures.ts';
import type { Process } from './process.ts';
import { NO_TROUBLE, type ProviderMood, type Trouble } from './provider-mood.ts';

/** A call as the provider itself knows it: what its statement would say. */
export interface Call {
  /** From 1; its usage tells it from every other call. */
  readonly number: number;
  readonly process: Process;
  readonly prompt: string;
  readonly atMs: number;
  readonly answeredAtMs: number;
  readonly outcome: string;
  readonly totalTokens: number;
  /** What was billed; 0 for what was not. */
  readonly creditsMicro: number;
}

/** What comes of one call, and when. */
interface Answered {
  readonly call: Call;
  readonly outcome: CallOutcome;
  readonly latencyMs: number;
}

export interface SimulatedProvider {
  answer(process: Process, request: ImageRequest, nowMs: number): Answered;
  /** What an answer that was kept comes to by now: an image, once its host or type is allowed. */
  reread(answer: KeptAnswer, nowMs: number): CallOutcome;
  /** A person has seen to the key, or the account. */
  mend(): void;
  readonly bill: readonly Call[];
}

const PROMPT_TOKENS = 9;
const TEXT_TOKENS = 100;
const IMAGE_TOKENS = 1_120;
const PRICES = priceList();

/** A provider that answers by its mood, and bills by the contract's prices. */
export function simulatedProvider(mood: ProviderMood, random: Random): SimulatedProvider {
  const bill: Call[] = [];
  let trouble: Trouble = mood.trouble;

  function answer(process: Process, request: ImageRequest, nowMs: number): Answered {
    const number = bill.length + 1;
    const inTrouble = number >= trouble.fromCall && nowMs < trouble.untilMs;
    const what = inTrouble ? trouble.outcome : (random.weighted(mood.outcomes) ?? 'image');
    const { tokens, outcome, latencyMs, isBilled } = answerOf(what, number, random, mood.jpegs);
    const totalTokens = tokens === undefined ? 0 : tokens.input + tokens.text + tokens.image;
    const price = priceOn(PRICES, request.profile.model, '2026-11-21');
    if (price === undefined) throw new Error(`no price for ${request.profile.model}`);
    const call: Call = {
      number,
      process,
      prompt: request.prompt,
      atMs: nowMs,
      answeredAtMs: nowMs + latencyMs,
      outcome: what,
      totalTokens,
      creditsMicro: isBilled && tokens !== undefined ? costOf(tokens, price) : 0,
    };
    bill.push(call);
    return { call, outcome, latencyMs };
  }

  const reread = (kept: KeptAnswer, nowMs: number): CallOutcome => {
    const { code, number } = keptFacts.parse(JSON.parse(Buffer.from(kept.bytes).toString()));
    const isMended = FAILURES[code].remedy.kind === 'operator' && !(nowMs < trouble.untilMs);
    if (!isMended) return failureOf(code, 'unsent');
    const usage = usageOf({ input: PROMPT_TOKENS, text: TEXT_TOKENS + number, image: IMAGE_TOKENS });
    return {
      kind: 'images',
      images: [picture('image/png', `call ${number}`)],
      text: '',
      usage,
      latencyMs: 0,
    };
  };
  return { answer, reread, mend: () => (trouble = NO_TROUBLE), bill };
}

interface Tokens {
  readonly input: number;
  readonly text: number;
  readonly image: number;
}

interface Drawn {
  readonly tokens: Tokens | undefined;
  readonly outcome: CallOutcome;
  readonly latencyMs: number;
  readonly isBilled: boolean;
}

function answerOf(what: 'image' | FailureCode | 'lost', number: number, random: Random, jpegs = 0.2): Drawn {
  // A different number of text tokens a call: so a charge says which call it is of.
  const text = TEXT_TOKENS + number;
  switch (what) {
    case 'image':
      return imageAnswer(number, text, random, jpegs);
    case 'lost': {
      const tokens = { input: PROMPT_TOKENS, text, image: IMAGE_TOKENS };
      const code = random.pick(['timeout', 'network'] as const);
      const latencyMs = code === 'timeout' ? 300_000 : random.between(1_000, 60_000);
      return { tokens, latencyMs, outcome: failureOf(code, 'lost'), isBilled: random.chance(0.5) };
    }
    case 'rate_limit':
      return refusal(
        failureOf('rate_limit', 'refused', random.chance(0.9) ? random.between(1_000, 60_000) : 300_000),
        random,
      );
  }
  switch (COMES_TO[what]) {
    case 'text':
      return imagelessAnswer(what, number, { input: PROMPT_TOKENS, text, image: 0 }, random);
    case 'image':
      return imagelessAnswer(what, number, { input: PROMPT_TOKENS, text, image: IMAGE_TOKENS }, random);
    case 'unsent':
    case 'refused':
      return refusal(failureOf(what, COMES_TO[what]), random);
  }
}

/** What a failed call of each code is billed for, or how far it gets. */
const COMES_TO: Readonly<
  Record<Exclude<FailureCode, 'rate_limit'>, 'text' | 'image' | 'unsent' | 'refused'>
> = {
  auth: 'refused',
  credits: 'refused',
  forbidden: 'refused',
  model: 'refused',
  address: 'refused',
  unsupported_param: 'refused',
  quota: 'refused',
  too_large: 'refused',
  bad_request: 'refused',
  policy: 'refused',
  timeout: 'refused',
  upstream: 'refused',
  network: 'unsent',
  certificate: 'unsent',
  http: 'refused',
  blocked: 'text',
  no_image: 'text',
  max_tokens: 'text',
  text_only: 'text',
  lost_image: 'image',
  empty: 'text',
  link_refused: 'image',
  type_refused: 'image',
  bad_image: 'image',
  response_too_large: 'image',
  bad_json: 'text',
  unstored: 'unsent',
};

function imageAnswer(number: number, text: number, random: Random, jpegs: number): Drawn {
  const type = random.chance(jpegs) ? 'image/jpeg' : 'image/png';
  const result = picture(type, `call ${number}`);
  const tokens = { input: PROMPT_TOKENS, text, image: IMAGE_TOKENS };
  const drafts = random.chance(0.1) ? [picture('image/png', `draft of call ${number}`)] : [];
  const [first = result, ...others] = [...drafts, result];
  const latencyMs = random.between(3_000, 40_000);
  const usage = usageOf(tokens);
  const outcome: CallOutcome = { kind: 'images', images: [first, ...others], text: '', usage, latencyMs };
  return { tokens, outcome, latencyMs, isBilled: true };
}

/** What the provider needs to know of an answer that is kept. */
const keptFacts = z.object({ code: z.enum(FAILURE_CODES), number: z.int() });

function imagelessAnswer(code: FailureCode, number: number, tokens: Tokens, random: Random): Drawn {
  const latencyMs = random.between(2_000, 20_000);
  const bytes = Buffer.from(JSON.stringify({ code, number }));
  const answer = FAILURES[code].quarantined ? { status: 200, bytes } : undefined;
  const { imageTokens, ...uncounted } = usageOf(tokens);
  // Where the image was lost on its way, the provider has billed it, and does not say so.
  const usage = code === 'lost_image' ? uncounted : { ...uncounted, imageTokens };
  const outcome: CallOutcome = {
    kind: 'failure',
    failure: { code, message: `${code} (simulated)`, reach: 'answered' },
    usage,
    answer,
    latencyMs,
  };
  return { tokens, outcome, latencyMs, isBilled: true };
}

function refusal(outcome: CallOutcome, random: Random): Drawn {
  return { tokens: undefined, outcome, latencyMs: random.between(100, 2_000), isBilled: false };
}

/** A call that came to nothing on its way there or back. */
export function failureOf(code: FailureCode, reach: Reach, retryAfterMs?: number): CallOutcome {
  const failure: Failure = {
    code,
    message: `${code} (simulated)`,
    reach,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
  return { kind: 'failure', failure, usage: undefined, answer: undefined, latencyMs: 0 };
}

function usageOf({ input, text, image }: Tokens) {
  return {
    promptTokens: input,
    completionTokens: text + image,
    totalTokens: input + text + image,
    imageTokens: image,
  };
}

function costOf({ input, text, image }: Tokens, price: Price): number {
  return input * price.inputMicro + text * price.textMicro + image * price.imageMicro;
}
