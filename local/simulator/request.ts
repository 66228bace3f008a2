import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { DEFAULT_IMAGE_SIZE, IMAGE_SIZES, type ImageSize } from '../../shared/domain/calls/models.ts';
import type { FailureName } from './failures.ts';
import { documentedPixels } from './pictures/sizes.ts';
import { SIMULATED_MODELS, type SimulatedModel } from './tokens.ts';

/** Which extra fields for size and aspect ratio the endpoint knows (provider-contract §1). */
export type AcceptedDialect = 'none' | 'openrouter' | 'google';

/** A request that the real layer would take on. */
export interface SimulatedRequest {
  readonly modelId: string;
  readonly model: SimulatedModel;
  /** The user's text, for the picture. */
  readonly prompt: string;
  readonly promptSha256: string;
  /** UTF-8 bytes of all text the request carries, system included. */
  readonly promptBytes: number;
  readonly references: number;
  readonly maxTokens: number;
  readonly stream: boolean;
  readonly aspectRatio: string;
  readonly imageSize: ImageSize;
  /** The same for every call with this model and these messages: retries share it, whatever else they change. */
  readonly sameness: string;
}

type RequestReading =
  | { readonly kind: 'request'; readonly request: SimulatedRequest }
  | {
      readonly kind: 'refused';
      readonly failure: FailureName;
      readonly message: string;
      readonly model: string;
    };

/** The simulated models' own bound where a request sets none. */
const MAX_TOKENS_UNSET = 8192;
const DEFAULT_ASPECT_RATIO = '1:1';
const DOCUMENTED_FIELDS = ['model', 'messages', 'temperature', 'top_p', 'max_tokens', 'stream'];
/** Not documented, and sent by the clients of others whenever they stream. */
const STREAM_FIELDS = ['stream_options'];
const DIALECT_FIELDS: Readonly<Record<AcceptedDialect, readonly string[]>> = {
  none: [],
  openrouter: ['modalities', 'image_config'],
  google: ['extra_body'],
};

const contentPart = z.union([
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({
    type: z.literal('image_url'),
    image_url: z.object({
      url: z.string().check(z.regex(/^(data:image\/(png|jpeg|webp);base64,|https:\/\/)/)),
    }),
  }),
]);
const imageConfig = z.strictObject({
  aspect_ratio: z.optional(z.string()),
  image_size: z.optional(z.enum(IMAGE_SIZES)),
});
const requestBody = z.object({
  model: z.string(),
  messages: z
    .array(
      z.object({
        role: z.enum(['system', 'user', 'assistant']),
        content: z.union([z.string(), z.array(contentPart)]),
      }),
    )
    .check(z.minLength(1)),
  temperature: z.optional(z.number().check(z.gte(0), z.lte(2))),
  top_p: z.optional(z.number().check(z.gte(0), z.lte(1))),
  max_tokens: z.optional(z.int().check(z.gte(1), z.lte(32_768))),
  stream: z.optional(z.boolean()),
  /** Usage comes with the last event either way. */
  stream_options: z.optional(z.object({ include_usage: z.optional(z.boolean()) })),
  modalities: z.optional(z.array(z.string())),
  image_config: z.optional(imageConfig),
  extra_body: z.optional(
    z.strictObject({
      google: z.strictObject({
        response_modalities: z.optional(z.array(z.string())),
        image_config: z.optional(imageConfig),
      }),
    }),
  ),
});
type RequestBody = z.infer<typeof requestBody>;

/** Reads and validates the body of a call as the layer behind the endpoint does (provider-contract §1). */
export function readRequest(text: string, dialect: AcceptedDialect): RequestReading {
  const body = parseJson(text);
  if (body === undefined)
    return refused('bad-request-400', 'Invalid JSON payload received. Unexpected token.');
  const modelId = typeof body.model === 'string' ? body.model : '';

  const known = [
    ...DOCUMENTED_FIELDS,
    ...(body.stream === true ? STREAM_FIELDS : []),
    ...DIALECT_FIELDS[dialect],
  ];
  const unknown = Object.keys(body).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const message = `Invalid JSON payload received. Unknown name "${unknown}": Cannot find field.`;
    return refused('unsupported-param', message, modelId);
  }
  const parsed = requestBody.safeParse(body);
  if (!parsed.success) return refused('bad-request-400', describe(parsed.error.issues), modelId);
  const model = Object.hasOwn(SIMULATED_MODELS, modelId) ? SIMULATED_MODELS[modelId] : undefined;
  if (model === undefined) {
    const message = `models/${modelId} is not found for API version v1beta, or is not supported for generateContent.`;
    return refused('model-404', message, modelId);
  }
  return readKnownModel(parsed.data, model);
}

function readKnownModel(body: RequestBody, model: SimulatedModel): RequestReading {
  const texts = body.messages.flatMap((message) => textsOf(message.content));
  const asked = askedShape(body, texts.join('\n'));
  const imageSize = asked.imageSize ?? DEFAULT_IMAGE_SIZE;
  const aspectRatio = asked.aspectRatio ?? DEFAULT_ASPECT_RATIO;
  if (!isOffered(model, aspectRatio, imageSize)) {
    const message = `Unsupported image_config: aspect_ratio ${aspectRatio}, image_size ${imageSize}.`;
    return refused('bad-request-400', message, body.model);
  }
  const prompt = body.messages
    .filter((message) => message.role === 'user')
    .flatMap((message) => textsOf(message.content))
    .join('\n');
  return {
    kind: 'request',
    request: {
      modelId: body.model,
      model,
      prompt,
      promptSha256: sha256(prompt),
      promptBytes: texts.reduce((sum, each) => sum + Buffer.byteLength(each), 0),
      references: body.messages.reduce((sum, message) => sum + referencesIn(message.content), 0),
      maxTokens: body.max_tokens ?? MAX_TOKENS_UNSET,
      stream: body.stream ?? false,
      aspectRatio,
      imageSize,
      sameness: sha256(JSON.stringify([body.model, body.messages])),
    },
  };
}

interface AskedShape {
  readonly aspectRatio?: string | undefined;
  readonly imageSize?: ImageSize | undefined;
}

/** Fields of the dialect first; else what the prompt says in words, as far as the model can do it. */
function askedShape(body: RequestBody, text: string): AskedShape {
  const config = body.image_config ?? body.extra_body?.google.image_config;
  if (config !== undefined) return { aspectRatio: config.aspect_ratio, imageSize: config.image_size };
  const model = SIMULATED_MODELS[body.model];
  const aspectRatio = lastMatch(text, /\baspect[ _-]ratio\W{0,4}(?:of |is )?(\d{1,2}:\d{1,2})\b/gi);
  const size =
    lastMatch(text, /\b(?:size|resolution)\W{0,4}(?:of |is )?(512|[124]K)\b/gi) ??
    lastMatch(text, /\b(512|[124]K)(?: px| pixels)?,? (?:image |output )?(?:size|resolution)\b/gi);
  const imageSize = IMAGE_SIZES.find((each) => each === size?.toUpperCase());
  return {
    aspectRatio: aspectRatio && model && isOffered(model, aspectRatio, '1K') ? aspectRatio : undefined,
    imageSize: imageSize && model?.imageTokens[imageSize] ? imageSize : undefined,
  };
}

function isOffered(model: SimulatedModel, aspectRatio: string, imageSize: ImageSize): boolean {
  const long = /^(1:[48]|[48]:1)$/.test(aspectRatio);
  if (long && !model.longAspectRatios) return false;
  return model.imageTokens[imageSize] !== undefined && documentedPixels(aspectRatio, imageSize) !== undefined;
}

type Content = RequestBody['messages'][number]['content'];

function textsOf(content: Content): string[] {
  if (typeof content === 'string') return [content];
  return content.flatMap((part) => (part.type === 'text' ? [part.text] : []));
}

function referencesIn(content: Content): number {
  return typeof content === 'string' ? 0 : content.filter((part) => part.type === 'image_url').length;
}

function lastMatch(text: string, pattern: RegExp): string | undefined {
  return [...text.matchAll(pattern)].at(-1)?.[1];
}

function describe(issues: readonly { path: PropertyKey[]; message: string }[]): string {
  const first = issues[0];
  return `Invalid value at '${first?.path.map(String).join('.') ?? ''}': ${first?.message ?? 'malformed'}`;
}

function refused(failure: FailureName, message: string, model = ''): RequestReading {
  return { kind: 'refused', failure, message, model };
}

function parseJson(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
