import * as z from 'zod/mini';
import builtIn from './models.json' with { type: 'json' };

/** In the provider's spelling, smallest first. */
export const IMAGE_SIZES = ['512', '1K', '2K', '4K'] as const;
export type ImageSize = (typeof IMAGE_SIZES)[number];

/** How the wire says aspect ratio and size (contract §1); `none`: in the prompt. */
export type Dialect = 'none' | 'openrouter' | 'google';

/** The built-in provider, which needs only its key. */
export const DEFAULT_PROVIDER = 'core-today';

const tokens = z.int().check(z.nonnegative());

const atLeastOne = z.int().check(z.positive());

const modelLimits = z.object({
  requestsPerMinute: z.optional(atLeastOne),
  concurrency: z.optional(atLeastOne),
});

/** Pinned limits of the fleet: calls a minute and in progress. */
export type ModelLimits = Readonly<z.infer<typeof modelLimits>>;

const modelProfile = z.object({
  model: z.string().check(z.regex(/^[\w.:/-]{1,100}$/)),
  provider: z._default(z.string().check(z.minLength(1)), DEFAULT_PROVIDER),
  aliases: z._default(z.array(z.string()), []),
  sendAs: z.string().check(z.minLength(1)),
  dialect: z.enum(['none', 'openrouter', 'google']),
  stream: z.boolean(),
  aspectRatios: z.array(z.string().check(z.regex(/^\d{1,2}:\d{1,2}$/))),
  imageTokens: z.partialRecord(z.enum(IMAGE_SIZES), tokens),
  referenceTokens: tokens,
  /** Replaces `DEFAULT_PROMPT_PREFIX`; may be empty. */
  promptPrefix: z.optional(z.string()),
  requestsPerMinute: z.optional(atLeastOne),
  concurrency: z.optional(atLeastOne),
});

/**
 * A model: `model` in files and charges, its `aliases`, `provider`, `sendAs` on the wire, `imageTokens` of output by size
 * and `referenceTokens` of input by image. Figures: provider-contract §3.
 */
export type ModelProfile = Readonly<z.infer<typeof modelProfile>>;

export type ModelCatalog = ReadonlyMap<string, ModelProfile>;

/** `max_tokens` covers image, text and thinking (provider-contract §1). */
export const DEFAULT_MAX_TOKENS = 8192;
/** An image may not fit below this (contract §1). */
export const ROOMY_MAX_TOKENS = 4096;
/** Without it, chat models answer some prompts in words (contract §1). */
export const DEFAULT_PROMPT_PREFIX = 'Generate an image:';
export const MAX_TOKENS_CEILING = 32_768;
export const MAX_REFERENCES = 14;
/** Largest reference image (provider-contract §1). */
export const MAX_REFERENCE_BYTES = 7_000_000;
export const DEFAULT_IMAGE_SIZE: ImageSize = '1K';
export const DEFAULT_MODEL = 'gemini-3.1-flash-image-preview';

/** The built-in models with `overrides` (parsed JSON) by name. Throws on a malformed one. */
export function modelCatalog(
  overrides: unknown = [],
  base: Iterable<ModelProfile> = builtInModels(),
): ModelCatalog {
  const profiles = [...base, ...z.array(modelProfile).parse(overrides)];
  return new Map(profiles.map((profile) => [profile.model, profile]));
}

function builtInModels(): ModelProfile[] {
  return z.array(modelProfile).parse(builtIn);
}

/** The model of that name, else with that alias. */
export function findModel(catalog: ModelCatalog, name: string): ModelProfile | undefined {
  const called = (each: string) =>
    catalog.get(each) ?? catalog.values().find(({ aliases }) => aliases.includes(each));
  // Others add the provider: `google/…`, `models/…`, `openrouter/google/…`, `…/google-ai-studio`.
  return (
    called(name) ??
    name
      .split('/')
      .map(called)
      .find((profile) => profile !== undefined)
  );
}

/** The catalog with limits (parsed JSON, by model). Throws on a malformed or unknown one. */
export function withLimits(catalog: ModelCatalog, limits: unknown): ModelCatalog {
  const models = new Map(catalog);
  for (const [model, limit] of Object.entries(z.record(z.string(), modelLimits).parse(limits))) {
    const profile = models.get(model);
    if (profile === undefined) throw new Error(`there is no model named ${model}`);
    models.set(model, { ...profile, ...limit });
  }
  return models;
}

/** Upper bounds in pixels (contract §3: 0.55, 2.1 and 8.4 Mpx). */
const TIER_BELOW_PIXELS: Readonly<Record<ImageSize, number>> = {
  '512': 550_000,
  '1K': 2_100_000,
  '2K': 8_400_000,
  '4K': Number.POSITIVE_INFINITY,
};

/** A square's pixels (contract §3). */
const SQUARE_PIXELS: Readonly<Record<ImageSize, number>> = {
  '512': 512 * 512,
  '1K': 1024 * 1024,
  '2K': 2048 * 2048,
  '4K': 4096 * 4096,
};

/** Roughly: other aspect ratios differ by a few percent. */
export function pixelsOfSize(size: ImageSize): number {
  return SQUARE_PIXELS[size];
}

/** The most believable pixels: twice those of the model's largest size. */
export function mostPixelsOf(profile: ModelProfile): number {
  return 2 * SQUARE_PIXELS[imageSizesOf(profile).at(-1) ?? '4K'];
}

export function imageSizeByPixels(pixels: number): ImageSize {
  return IMAGE_SIZES.find((size) => pixels < TIER_BELOW_PIXELS[size]) ?? '4K';
}

/** An image's output tokens by pixels; if the model lacks the tier, those of the next larger. */
export function imageTokensByPixels(profile: ModelProfile, pixels: number): number {
  const from = IMAGE_SIZES.indexOf(imageSizeByPixels(pixels));
  const candidates = [...IMAGE_SIZES.slice(from), ...IMAGE_SIZES.slice(0, from).reverse()];
  return candidates.map((size) => profile.imageTokens[size]).find((count) => count !== undefined) ?? 0;
}

export function imageSizesOf(profile: ModelProfile): ImageSize[] {
  return IMAGE_SIZES.filter((size) => profile.imageTokens[size] !== undefined);
}
