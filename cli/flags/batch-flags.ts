import type { Command } from 'commander';
import type { BatchOptions } from '../../shared/domain/batch/batch.ts';
import { OPTION_NAMES, optionsOf } from '../../shared/domain/batch/batch-options.ts';
import {
  IMAGE_SETTINGS,
  SETTING_NAMES,
  type SettingOption,
} from '../../shared/domain/item/image-settings.ts';
import { formatCredits } from '../../shared/domain/money/money.ts';
import { axisText, formatAxes, parseAxes } from '../../shared/domain/prompt-file/template/axes.ts';
import type { Config } from '../../shared/runtime/config.ts';
import { UsageError } from '../usage-error.ts';
import { userName } from '../user-name.ts';
import { amountOf } from './amount.ts';
import { GROUP } from './help.ts';

type CamelCase<Text extends string> = Text extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Text;

/** Batch options as flags, named like their metadata. */
export interface BatchFlags extends Readonly<Partial<Record<CamelCase<SettingOption>, string>>> {
  readonly name?: string;
  readonly template?: string;
  readonly variants?: string;
  readonly budget?: string;
  readonly tags?: string;
  readonly ignoreColumn?: readonly string[];
  readonly strict?: boolean;
  readonly allowReferencesFrom?: readonly string[];
  readonly axis?: readonly string[];
  readonly expand?: boolean;
  readonly sample?: string;
  readonly seed?: string;
  readonly maxItems?: string;
  readonly sheet?: string;
  /** The file's format if its name doesn't say it; no batch option. */
  readonly format?: string;
  readonly fresh?: boolean;
  readonly contactSheet?: boolean;
}

export function addBatchFlags(command: Command): Command {
  return addSettingFlags(command)
    .optionsGroup(GROUP.templates)
    .option('--template <text>', 'Prompt with {{column}} and {a|b}; replaces the prompt column')
    .option('--axis <name=a,b>', 'Repeat each row for every value of {{name}}; repeatable', gather)
    .option('--expand', "Expand {a|b} in the file's own prompts too")
    .option('--sample <n>', 'Pick n combinations of each row [all]')
    .option('--seed <text>', 'Fixes what --sample picks')
    .option('--max-items <n>', 'Refuse to expand beyond n images [10000]')
    .optionsGroup(GROUP.file)
    .option('--format <kind>', 'csv, jsonl, json, txt, or xlsx [by name or content]')
    .option('--sheet <name>', 'Sheet of an Excel workbook [the first visible]')
    .option('--ignore-column <name>', 'Keep this column, but unused; repeatable', gather)
    .option('--strict', 'Refuse columns that are neither read nor used in a template')
    .option(...ALLOW_REFERENCES);
}

/** Those that don't affect prompts. */
export function addSettingFlags(command: Command): Command {
  command.optionsGroup(GROUP.rows);
  for (const name of SETTING_NAMES) {
    const { option, placeholder, help } = IMAGE_SETTINGS[name];
    command.option(`--${option} ${placeholder}`, help);
  }
  return command
    .option('--variants <n>', 'Images per row, 1-100 [1]')
    .optionsGroup(GROUP.cost)
    .option('--budget <amount>', "Pause before the batch costs more credits, or dollars ('$50')")
    .option('--fresh', 'Regenerate images that already exist')
    .optionsGroup(GROUP.output)
    .option('--name <text>', 'Name of the batch')
    .option('--contact-sheet', 'Keep a contact sheet beside the manifest when complete')
    .option('--tags <k=v;k=v>', 'Tags of all rows, for cost reports');
}

/** Reads flags by the rules of metadata; throws `UsageError`. */
export function batchOptionsOf(
  flags: BatchFlags,
  config: Pick<Config, 'defaultModel' | 'providers' | 'models'>,
): BatchOptions {
  const { axis: _, strict: __, allowReferencesFrom: ___, ignoreColumn, budget, ...others } = flags;
  const credits = budget === undefined ? {} : { budget: budgetText(budget, config) };
  const texts = {
    ...others,
    ...credits,
    ...(ignoreColumn !== undefined && { ignoreColumns: ignoreColumn.join(',') }),
  };
  const given = OPTION_NAMES.flatMap((name) => {
    const flag = camelCase(name);
    const value = isFlag(flag, texts) ? texts[flag] : undefined;
    return value === undefined ? [] : [[name, String(value)]];
  });
  const fields = { ...Object.fromEntries(given), axes: axesText(flags), user: userName() };
  const parsed = optionsOf(fields, config.defaultModel);
  if (parsed.kind === 'problem') throw new UsageError(asFlags(parsed.message));
  return parsed.options;
}

function budgetText(text: string, config: Pick<Config, 'providers' | 'models'>): string {
  const micro = amountOf('--budget', text, config);
  if (micro > 0) return formatCredits(micro);
  throw new UsageError(`--budget is "${text}", and pays for nothing. In a shell, quote dollars: '$50'`);
}

/** As commander names a flag. */
function camelCase(option: string): string {
  return option.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function isFlag<Flags extends object>(name: string, flags: Flags): name is string & keyof Flags {
  return Object.hasOwn(flags, name);
}

/** A metadata message in terms of flags. */
export function asFlags(message: string): string {
  return message.replaceAll('pressrun-axes', '--axis').replaceAll('pressrun-', '--');
}

/** A flag is one axis, whose values may hold other separators. */
function axesText({ axis = [], template }: BatchFlags): string {
  const axes = axis.flatMap((text) => {
    const parsed = parseAxes(axisText(text), template);
    if (parsed.kind === 'rejected') throw new UsageError(`--axis: ${parsed.reason}`);
    return parsed.axes;
  });
  return formatAxes(axes);
}

export const ALLOW_REFERENCES = [
  '--allow-references-from <folder>',
  "Read reference images there too, not only below the file's folder; repeatable",
  gather,
] as const;

/** Collects a repeatable option's values. */
export function gather(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}
