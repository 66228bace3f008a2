import {
  findModel,
  IMAGE_SIZES,
  type ImageSize,
  imageSizesOf,
  MAX_TOKENS_CEILING,
  type ModelCatalog,
} from '../../calls/models.ts';
import type { ImageSettings } from '../../item/image-settings.ts';
import { cellText, parseNumber, parseWhole } from '../cell-values.ts';
import { type KnownColumn, quoted } from '../columns.ts';
import { type Rejection, type RowFields, rejected } from '../format.ts';

export const MAX_VARIANTS = 100;

type MutableSettings = { -readonly [Name in keyof ImageSettings]?: ImageSettings[Name] };

export type SettingsResult =
  | { readonly kind: 'settings'; readonly settings: Readonly<MutableSettings> }
  | Rejection;

/**
 * The settings written in these fields, by column name; an empty one is not set. Checks what holds for every model
 * (provider-contract §1: temperature 0–2, top_p 0–1, max_tokens at most 32,768).
 */
export function parseSettings(fields: RowFields): SettingsResult {
  const imageSize = parseImageSize(fields);
  const temperature = parseNumber(fields, 'temperature', 2);
  const topP = parseNumber(fields, 'top_p', 1);
  const maxTokens = parseWhole(fields, 'max_tokens', MAX_TOKENS_CEILING);
  if (isRejection(imageSize)) return imageSize;
  if (isRejection(temperature)) return temperature;
  if (isRejection(topP)) return topP;
  if (isRejection(maxTokens)) return maxTokens;

  const settings: MutableSettings = {};
  const model = cellText(fields, 'model');
  const aspectRatio = cellText(fields, 'aspect_ratio');
  const system = cellText(fields, 'system');
  if (model !== undefined) settings.model = model;
  if (aspectRatio !== undefined) settings.aspectRatio = aspectRatio.replaceAll(' ', '');
  if (imageSize !== undefined) settings.imageSize = imageSize;
  if (temperature !== undefined) settings.temperature = temperature;
  if (topP !== undefined) settings.topP = topP;
  if (maxTokens !== undefined) settings.maxTokens = maxTokens;
  if (system !== undefined) settings.system = system;
  return { kind: 'settings', settings };
}

/** Settings by the names of their columns: `parseSettings` backwards. What is not set is undefined. */
export function settingCells(settings: ImageSettings) {
  const { model, aspectRatio, imageSize, temperature, topP, maxTokens, system, ...others } = settings;
  others satisfies Record<string, never>;
  return {
    model,
    aspect_ratio: aspectRatio,
    image_size: imageSize,
    temperature,
    top_p: topP,
    max_tokens: maxTokens,
    system,
  } satisfies Partial<Record<KnownColumn, string | number | undefined>>;
}

/** How many images a row asks for, 1–100; undefined where it does not say. */
export function parseVariants(fields: RowFields): number | undefined | Rejection {
  return parseWhole(fields, 'variants', MAX_VARIANTS);
}

/** Why a model cannot do what the settings ask, if so: names what there is to choose from. */
export function checkAgainstModel(settings: ImageSettings, models: ModelCatalog): Rejection | undefined {
  const profile = findModel(models, settings.model);
  if (profile === undefined) {
    return rejected(
      `unknown model ${quoted([settings.model])}; there are ${[...models.keys()].join(', ')}`,
      'model',
    );
  }
  const { aspectRatio, imageSize } = settings;
  if (aspectRatio !== undefined && !profile.aspectRatios.includes(aspectRatio)) {
    const offered = profile.aspectRatios.join(', ');
    return rejected(
      `${profile.model} does not offer ${quoted([aspectRatio])}, only ${offered}`,
      'aspect_ratio',
    );
  }
  const sizes = imageSizesOf(profile);
  if (imageSize !== undefined && !sizes.includes(imageSize)) {
    return rejected(`${profile.model} does not offer ${imageSize}, only ${sizes.join(', ')}`, 'image_size');
  }
  return undefined;
}

function parseImageSize(fields: RowFields): ImageSize | undefined | Rejection {
  const text = cellText(fields, 'image_size')?.toUpperCase();
  if (text === undefined) return undefined;
  const size = IMAGE_SIZES.find((each) => each === text);
  return size ?? rejected(`must be one of ${IMAGE_SIZES.join(', ')}, not ${quoted([text])}`, 'image_size');
}

function isRejection(value: unknown): value is Rejection {
  return typeof value === 'object';
}
