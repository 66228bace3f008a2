import * as z from 'zod/mini';
import {
  DEFAULT_MAX_TOKENS,
  DEFAULT_PROMPT_PREFIX,
  IMAGE_SIZES,
  imageSizesOf,
  MAX_TOKENS_CEILING,
  type ModelProfile,
} from '../calls/models.ts';
import { readAspectRatio, readImageSize, readNumber, readPrefix, readWhole } from './setting-values.ts';

/** All facts of one setting; everything that reads, stores, sends or shows settings uses them. */
interface ImageSetting<Value extends string | number> {
  /** In a prompt file, and as a JSON key. */
  readonly column: string;
  /** Its flag without `--`, and its metadata without `pressrun-`. */
  readonly option: string;
  /** In help texts. */
  readonly placeholder: string;
  readonly help: string;
  readonly schema: z.ZodMiniType<Value>;
  /** Undefined if the text is no value. */
  readonly read: (text: string) => Value | undefined;
  /** The text for a value, if not its own. */
  readonly write?: (value: string | number) => string | number;
  /** Ends a sentence: "must be …". */
  readonly expected: string;
  /** A model's values; undefined if it takes any. */
  readonly offered?: (profile: ModelProfile) => readonly Value[];
  /** In an OpenAI request's body. */
  readonly openAi: readonly string[];
  readonly sent: Sent<Value>;
  /**
   * Its place in the content hash: in the settings list or beside the prompt, given or not; by name only if given
   * (so earlier hashes stay: use this for new ones); or through the model's profile.
   */
  readonly content: 'settings' | 'prompt' | 'named' | 'profile';
}

/** `body`: a request field; `image_config`: a dialect's field, or else words. Otherwise the builder's. */
type Sent<Value> =
  | { readonly in: 'body'; readonly as: string; readonly otherwise?: Value }
  | { readonly in: 'image_config'; readonly as: string; readonly words: (value: string | number) => string }
  | { readonly in: 'model' | 'messages' };

const text = z.string();

const TABLE = {
  model: {
    column: 'model',
    option: 'model',
    placeholder: '<model>',
    help: 'Model for rows without one',
    schema: text,
    read: (value: string) => value,
    expected: 'the name of a model',
    openAi: ['model'],
    sent: { in: 'model' },
    content: 'profile',
  },
  aspectRatio: {
    column: 'aspect_ratio',
    option: 'aspect-ratio',
    placeholder: '<w:h>',
    help: 'Such as 16:9',
    schema: text,
    read: readAspectRatio,
    expected: 'a ratio such as 16:9',
    offered: ({ aspectRatios }: ModelProfile) => aspectRatios,
    openAi: ['aspect_ratio'],
    sent: {
      in: 'image_config',
      as: 'aspect_ratio',
      words: (ratio: string | number) => `The image has an aspect ratio of ${ratio}.`,
    },
    content: 'settings',
  },
  imageSize: {
    column: 'image_size',
    option: 'image-size',
    placeholder: '<size>',
    help: '1K, 2K, or 4K',
    schema: z.enum(IMAGE_SIZES),
    read: readImageSize,
    expected: `one of ${IMAGE_SIZES.join(', ')}`,
    offered: imageSizesOf,
    openAi: ['image_size'],
    sent: {
      in: 'image_config',
      as: 'image_size',
      words: (size: string | number) =>
        `The image has a resolution of ${size === '512' ? '512 pixels' : size}.`,
    },
    content: 'settings',
  },
  temperature: {
    column: 'temperature',
    option: 'temperature',
    placeholder: '<t>',
    help: '0-2',
    schema: z.number(),
    read: (value: string) => readNumber(value, 2),
    expected: 'a number from 0 to 2',
    openAi: ['temperature'],
    sent: { in: 'body', as: 'temperature' },
    content: 'settings',
  },
  topP: {
    column: 'top_p',
    option: 'top-p',
    placeholder: '<p>',
    help: '0-1',
    schema: z.number(),
    read: (value: string) => readNumber(value, 1),
    expected: 'a number from 0 to 1',
    openAi: ['top_p'],
    sent: { in: 'body', as: 'top_p' },
    content: 'settings',
  },
  maxTokens: {
    column: 'max_tokens',
    option: 'max-tokens',
    placeholder: '<n>',
    help: `1-${MAX_TOKENS_CEILING}`,
    schema: z.int(),
    read: (value: string) => readWhole(value, MAX_TOKENS_CEILING),
    expected: `a whole number from 1 to ${MAX_TOKENS_CEILING}`,
    openAi: ['max_tokens', 'max_completion_tokens'],
    sent: { in: 'body', as: 'max_tokens', otherwise: DEFAULT_MAX_TOKENS },
    content: 'settings',
  },
  system: {
    column: 'system',
    option: 'system',
    placeholder: '<text>',
    help: 'System message',
    schema: text,
    read: (value: string) => value,
    expected: 'a text',
    openAi: [],
    sent: { in: 'messages' },
    content: 'prompt',
  },
  promptPrefix: {
    column: 'prompt_prefix',
    option: 'prompt-prefix',
    placeholder: '<text>',
    help: `Text before each prompt, or none [${DEFAULT_PROMPT_PREFIX}]`,
    schema: text,
    read: readPrefix,
    write: (prefix: string | number) => prefix || 'none',
    expected: 'a text, or none',
    openAi: [],
    sent: { in: 'messages' },
    content: 'named',
  },
} as const;

export type SettingName = keyof typeof TABLE;
type Values = { readonly [Name in SettingName]: z.output<(typeof TABLE)[Name]['schema']> };
export type SettingColumn = (typeof TABLE)[SettingName]['column'];
export type SettingOption = (typeof TABLE)[SettingName]['option'];

/** All settings. Those with `settings` count in the content hash in this order. */
export const IMAGE_SETTINGS: {
  readonly [Name in SettingName]: ImageSetting<Values[Name]> & {
    readonly column: SettingColumn;
    readonly option: SettingOption;
  };
} = TABLE;

/** An image's settings, a row's over the batch's; undefined leaves it to the provider. */
export type ImageSettings = Pick<Values, 'model'> & Partial<Values>;

export const SETTING_NAMES: readonly SettingName[] = Object.keys(IMAGE_SETTINGS).filter(isSettingName);

/** Whether a stored value is settings that this version knows and sends. */
export function isImageSettings(value: unknown): value is ImageSettings {
  if (typeof value !== 'object' || value === null || !('model' in value)) return false;
  return Object.entries(value).every(
    ([name, each]) => isSettingName(name) && IMAGE_SETTINGS[name].schema.safeParse(each).success,
  );
}

function isSettingName(name: string): name is SettingName {
  return Object.hasOwn(IMAGE_SETTINGS, name);
}

/** Settings by name; leaves out undefined ones. */
export function gatherSettings(
  given: <Name extends SettingName>(name: Name) => Values[Name] | undefined,
): Partial<Values> {
  const settings: { -readonly [Name in SettingName]?: Values[Name] } = {};
  const gather = <Name extends SettingName>(name: Name) => {
    const value = given(name);
    if (value !== undefined) settings[name] = value;
  };
  SETTING_NAMES.forEach(gather);
  return settings;
}
