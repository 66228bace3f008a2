import {
  DEFAULT_IMAGE_SIZE,
  findModel,
  type ModelCatalog,
  type ModelProfile,
  ROOMY_MAX_TOKENS,
} from '../../calls/models.ts';
import {
  gatherSettings,
  IMAGE_SETTINGS,
  type ImageSettings,
  SETTING_NAMES,
  type SettingName,
} from '../../item/image-settings.ts';
import { cellText, parseWhole } from '../cell-values.ts';
import { quoted } from '../columns.ts';
import { type Rejection, type RowFields, rejected } from '../format.ts';

const MAX_VARIANTS = 100;

type SettingsResult = { readonly kind: 'settings'; readonly settings: Partial<ImageSettings> } | Rejection;

/** The settings in these fields, by column or option; empty is not set. Checks what holds for all models (contract §1). */
export function parseSettings(fields: RowFields, by: 'column' | 'option' = 'column'): SettingsResult {
  for (const name of SETTING_NAMES) {
    const setting = IMAGE_SETTINGS[name];
    const text = saidIn(fields, setting[by]);
    if (text === undefined || setting.read(text) !== undefined) continue;
    return rejected(`must be ${setting.expected}, not ${quoted([text])}`, setting[by]);
  }
  const settings = gatherSettings((name) => {
    const setting = IMAGE_SETTINGS[name];
    const text = saidIn(fields, setting[by]);
    return text === undefined ? undefined : setting.read(text);
  });
  return { kind: 'settings', settings };
}

/** OpenAI's `auto` leaves the size to the model. */
const AUTO: ReadonlySet<string> = new Set(['aspect_ratio', 'image_size']);

function saidIn(fields: RowFields, column: string): string | undefined {
  const text = cellText(fields, column);
  return AUTO.has(column) && text?.toLowerCase() === 'auto' ? undefined : text;
}

/** `parseSettings` backwards: settings by column or option; undefined if not set. */
export function settingCells(
  settings: Partial<ImageSettings>,
  by: 'column' | 'option' = 'column',
): Record<string, string | number | undefined> {
  const cells = SETTING_NAMES.map((name) => {
    const { [by]: key, write } = IMAGE_SETTINGS[name];
    const value = settings[name];
    return [key, value === undefined || write === undefined ? value : write(value)];
  });
  return Object.fromEntries(cells);
}

/** How many images a row asks for, 1–100. */
export function parseVariants(fields: RowFields): number | undefined | Rejection {
  return parseWhole(fields, 'variants', MAX_VARIANTS);
}

/** Why a model can't do what the settings ask, with its choices. */
export function checkAgainstModel(settings: ImageSettings, models: ModelCatalog): Rejection | undefined {
  const profile = findModel(models, settings.model);
  if (profile === undefined) {
    return rejected(
      `unknown model ${quoted([settings.model])}; there are ${[...models.keys()].join(', ')}`,
      'model',
    );
  }
  const notOffered = (name: SettingName) => {
    const value = settings[name];
    if (value === undefined) return [];
    const { column, offered } = IMAGE_SETTINGS[name];
    const values = offered?.(profile);
    if (values === undefined || values.some((each) => each === value)) return [];
    return [
      rejected(
        `${quoted([String(value)])} isn't supported by ${profile.model}; use ${values.join(', ')}`,
        column,
      ),
    ];
  };
  return SETTING_NAMES.flatMap(notOffered)[0] ?? tooFewTokens(settings, profile);
}

/** Such a call is billed, and its image is cut off: provider-contract §1. */
function tooFewTokens(
  { maxTokens, imageSize = DEFAULT_IMAGE_SIZE }: ImageSettings,
  { imageTokens }: ModelProfile,
): Rejection | undefined {
  const needed = imageTokens[imageSize] ?? 0;
  if (maxTokens === undefined || maxTokens >= needed) return undefined;
  return rejected(
    `${maxTokens} is less than the ${needed} tokens of an image of ${imageSize}: leave it out, or write ${ROOMY_MAX_TOKENS} or more`,
    'max_tokens',
  );
}
