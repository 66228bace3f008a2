import { DEFAULT_USD_PER_CREDIT, MICRO_PER_CREDIT } from '../../shared/domain/money/money.ts';
import { type Answer, type AnswerContext, jsonAnswer, type SentImage } from './answers/answer.ts';
import { type ReportedFields, reportUsage } from './answers/usage.ts';
import { imageAnswer } from './answers/variants.ts';
import { type Bill, openBill, priced } from './bill.ts';
import { type CallPlan, decideCall } from './decide.ts';
import { type FailureName, SIMULATED_FAILURES } from './failures.ts';
import { type Gate, isKnownKey, openGate } from './gate.ts';
import type { SimulatorSettings } from './options.ts';
import { type LinkedImages, openLinkedImages } from './pictures/linked-images.ts';
import { type PictureMaker, pictureMaker } from './pictures/picture-maker.ts';
import { randomFrom } from './random.ts';
import { readRequest, type SimulatedRequest } from './request.ts';
import { NO_TOKENS, SIMULATED_MODELS } from './tokens.ts';

/** The model behind the endpoint, without the HTTP around it. */
export interface SimulatedEndpoint {
  readonly settings: SimulatorSettings;
  readonly bill: Bill;
  /** Undefined if pictures cannot be fetched, and so no links are sent. */
  readonly links: LinkedImages | undefined;
  readonly gate: Gate;
  readonly makePicture: PictureMaker;
  /** Calls so far by `SimulatedRequest.sameness`. */
  readonly timesSeen: Map<string, number>;
}

const TEXTS = [
  'Here is the image you asked for.',
  'Here you go: the scene as described.',
  'I have drawn this with care for light and composition.',
  '요청하신 이미지입니다.',
];

/** A provider with an empty bill. `linkBase` is where its pictures can be fetched; without one no link is sent. */
export function openEndpoint(settings: SimulatorSettings, linkBase: string | undefined): SimulatedEndpoint {
  return {
    settings,
    bill: openBill(settings.prices),
    links: linkBase === undefined ? undefined : openLinkedImages(linkBase),
    gate: openGate(settings),
    makePicture: pictureMaker(settings.pictures),
    timesSeen: new Map(),
  };
}

/** Does one call's work, bills it, and says what to send. Work goes on without the client; `stopped` cuts only waiting short. */
export async function answerCall(
  provider: SimulatedEndpoint,
  body: string,
  authorization: string | undefined,
  stopped: AbortSignal,
): Promise<Answer> {
  const { settings, bill, gate } = provider;
  const refusal = gate.refusal(authorization, bill.totals().creditsMicro);
  if (refusal !== undefined) {
    return refuse(provider, refusal.failure, { ...refusal, model: modelNamedIn(body) });
  }
  const reading = readRequest(body, settings.dialect);
  if (reading.kind === 'refused') return refuse(provider, reading.failure, reading);

  const { request } = reading;
  const plan = planCall(provider, request);
  await settings.clock.sleep(plan.latencyMs, stopped);
  const sent = answerOf(plan, await contextOf(provider, plan, request));
  writeOnBill(provider, plan, request, sent.status);
  return sent;
}

/** The models as `GET /models` of the OpenAI API lists them, to who has a key. */
export function listModels({ settings }: SimulatedEndpoint, authorization: string | undefined): Answer {
  if (!isKnownKey(authorization, settings.key))
    return jsonAnswer(401, { error: { message: 'Invalid API key', code: 401 } });
  const models = Object.keys(SIMULATED_MODELS);
  const data = models.map((id) => ({ id, object: 'model', created: 0, owned_by: 'google' }));
  return jsonAnswer(200, { object: 'list', data });
}

function planCall({ settings, timesSeen, links }: SimulatedEndpoint, request: SimulatedRequest): CallPlan {
  const nth = timesSeen.get(request.sameness) ?? 0;
  timesSeen.set(request.sameness, nth + 1);
  const { prompt, modelId, maxTokens } = request;
  const scripted = settings.script({ prompt, model: modelId, maxTokens, nth });
  const { seed, profile, latency } = settings;
  return decideCall(request, nth, { seed, profile, latency, links: links !== undefined }, scripted);
}

async function contextOf(
  provider: SimulatedEndpoint,
  plan: CallPlan,
  request: SimulatedRequest,
): Promise<AnswerContext> {
  const { settings } = provider;
  const random = randomFrom(settings.seed, plan.id, 'answer');
  return {
    id: plan.id,
    model: request.modelId,
    createdS: Math.floor(settings.clock.now() / 1000),
    text: random.pick(TEXTS),
    images: await Promise.all(plan.roles.map((_, index) => pictureOf(provider, plan, request, index))),
    usage: usageOf(settings, plan, request),
    tokens: plan.tokens,
    random,
    retryDelayMs: settings.retryDelayMs,
    oversizeBytes: settings.oversizeBytes,
  };
}

/** OpenRouter says beside the tokens what a call cost, in dollars (openrouter.ai/docs/use-cases/usage-accounting). */
function usageOf(
  { dialect, prices, clock }: SimulatorSettings,
  { usage: shape, tokens, billed }: CallPlan,
  { modelId }: SimulatedRequest,
): ReportedFields {
  const { usage, ...others } = reportUsage(shape, tokens);
  if (usage === undefined || dialect !== 'openrouter') return { ...others, ...(usage && { usage }) };
  const at = new Date(clock.now()).toISOString();
  const micro = billed ? priced(prices, modelId, at, tokens) : 0;
  const cost = Number(((micro / MICRO_PER_CREDIT) * DEFAULT_USD_PER_CREDIT).toFixed(10));
  return { ...others, usage: { ...usage, cost, is_byok: false } };
}

async function pictureOf(
  { makePicture, links }: SimulatedEndpoint,
  plan: CallPlan,
  request: SimulatedRequest,
  index: number,
): Promise<SentImage> {
  const role = plan.roles[index] ?? 'result';
  const id = role === 'repeat' || role === 'result' ? plan.id : `${plan.id}-${role}`;
  const { declaredType, ...shape } = plan.picture;
  const bytes = await makePicture({ ...shape, prompt: request.prompt, model: request.modelId, id });
  return { role, bytes, declaredType, link: () => links?.put(id, bytes, shape.type) ?? '' };
}

function answerOf({ outcome }: CallPlan, context: AnswerContext): Answer {
  if (outcome.kind === 'image') return imageAnswer(outcome.variant, context);
  return SIMULATED_FAILURES[outcome.failure].answer(context);
}

function writeOnBill(
  { bill, settings }: SimulatedEndpoint,
  { id, tokens, billed, usage, outcome }: CallPlan,
  request: SimulatedRequest,
  status: number,
): void {
  bill.add({
    id,
    atMs: settings.clock.now(),
    model: request.modelId,
    status,
    ...(outcome.kind === 'image' ? { variant: outcome.variant } : { failure: outcome.failure }),
    usage,
    tokens,
    billed,
    promptSha256: request.promptSha256,
  });
}

/** Turns a call away before the model sees it; it does not count as a call with its prompt. */
function refuse(
  { settings, bill }: SimulatedEndpoint,
  failure: FailureName,
  why: { readonly model: string; readonly message?: string; readonly retryDelayMs?: number },
): Answer {
  const nowMs = settings.clock.now();
  const id = `refused-${bill.totals().calls + 1}`;
  const { status, ...rest } = SIMULATED_FAILURES[failure].answer({
    id,
    model: why.model,
    createdS: Math.floor(nowMs / 1000),
    text: '',
    images: [],
    usage: {},
    tokens: NO_TOKENS,
    random: randomFrom(settings.seed, id),
    retryDelayMs: why.retryDelayMs ?? settings.retryDelayMs,
    oversizeBytes: 0,
    ...(why.message !== undefined && { message: why.message }),
  });
  bill.add({ id, atMs: nowMs, model: why.model, status, failure, tokens: NO_TOKENS, billed: false });
  return { status, ...rest };
}

/** The model that a call asks for, read before the call is checked; empty if none can be made out. */
function modelNamedIn(body: string): string {
  return /"model"\s*:\s*"([\w.:/-]{1,100})"/.exec(body.slice(0, 1_000))?.[1] ?? '';
}
