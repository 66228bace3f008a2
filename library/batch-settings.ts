import { UsageError } from '../cli/usage-error.ts';
import type { BatchOptions } from '../shared/domain/batch/batch.ts';
import { type OPTION_NAMES, optionsOf } from '../shared/domain/batch/batch-options.ts';
import { IMAGE_SETTINGS, SETTING_NAMES, type SettingName } from '../shared/domain/item/image-settings.ts';
import { formatTags } from '../shared/domain/prompt-file/row/tags.ts';
import { formatAxes } from '../shared/domain/prompt-file/template/axes.ts';

/** Defaults for a batch's rows, by the names and rules of `pressrun run`'s flags. */
export interface BatchSettings extends Readonly<Partial<Record<SettingName, string | number | boolean>>> {
  readonly name?: string;
  /** Images of each row (1–100). Default 1. */
  readonly variants?: number;
  /** Maximum cost in credits; the batch pauses before exceeding it. */
  readonly budget?: number | string;
  readonly tags?: Readonly<Record<string, string>>;
  /** The prompt with `{{column}}` places, in place of a prompt column. */
  readonly template?: string;
  /** Generates each row with each of these values of `{{name}}`. */
  readonly axes?: Readonly<Record<string, readonly string[]>>;
  /** Treats `{a|b}` in prompts as a choice. */
  readonly expand?: boolean;
  /** So many combinations of each row, drawn by `seed`. */
  readonly sample?: number;
  readonly seed?: string;
  /** Most images of an expanding batch. Default 10,000. */
  readonly maxItems?: number;
  /** Columns to carry along unused. */
  readonly ignoreColumns?: readonly string[];
  /** A workbook's sheet. */
  readonly sheet?: string;
  /** Regenerates images that exist. */
  readonly fresh?: boolean;
}

/** By the rules of metadata and flags; throws `UsageError`. */
export function batchOptionsFrom(settings: BatchSettings, defaultModel: string): BatchOptions {
  const { name, variants, budget, tags = {}, template, axes = {}, ignoreColumns, sheet } = settings;
  const tagsText = formatTags(tags);
  if (tagsText === undefined) throw new UsageError('tags: a key or value has ; in it, or a key =');
  const texts: Partial<Record<(typeof OPTION_NAMES)[number], string | undefined>> = {
    ...Object.fromEntries(SETTING_NAMES.map((each) => [IMAGE_SETTINGS[each].option, textOf(settings[each])])),
    name,
    template,
    variants: textOf(variants),
    budget: textOf(budget),
    tags: tagsText,
    axes: formatAxes(Object.entries(axes).map(([axis, values]) => ({ name: axis, values }))),
    expand: settings.expand ? 'true' : undefined,
    sample: textOf(settings.sample),
    seed: settings.seed,
    'max-items': textOf(settings.maxItems),
    'ignore-columns': ignoreColumns?.join(','),
    sheet,
    fresh: settings.fresh ? 'true' : undefined,
  };
  const given = Object.entries(texts).filter((each): each is [string, string] => Boolean(each[1]));
  const parsed = optionsOf(Object.fromEntries(given), defaultModel);
  if (parsed.kind === 'problem') throw new UsageError(parsed.message.replaceAll('pressrun-', ''));
  return parsed.options;
}

function textOf(value: string | number | boolean | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}
