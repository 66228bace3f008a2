import type { Command } from 'commander';
import type { BatchOptions } from '../../shared/domain/batch/batch.ts';
import { metadataToOptions } from '../../shared/domain/batch/batch-options.ts';
import { axisText, formatAxes, parseAxes } from '../../shared/domain/prompt-file/template/axes.ts';
import { UsageError } from '../usage-error.ts';

/** Options of a batch as flags: each is the metadata name of the same option on an uploaded object. */
export interface BatchFlags {
  readonly name?: string;
  readonly model?: string;
  readonly template?: string;
  readonly variants?: string;
  readonly budget?: string;
  readonly tags?: string;
  readonly aspectRatio?: string;
  readonly imageSize?: string;
  readonly temperature?: string;
  readonly topP?: string;
  readonly maxTokens?: string;
  readonly system?: string;
  readonly axis?: readonly string[];
  readonly expand?: boolean;
  readonly sample?: string;
  readonly seed?: string;
  readonly maxItems?: string;
  readonly fresh?: boolean;
}

/** Adds the flags of a batch to a command. */
export function addBatchFlags(command: Command): Command {
  return addSettingFlags(command)
    .option(
      '--template <text>',
      'prompt with {{column}} to fill in and {a|b} to choose from, in place of a prompt column',
    )
    .option(
      '--axis <name=a,b>',
      'make each row with each of these values of {{name}}; may be repeated',
      gather,
    )
    .option('--expand', 'take {a|b} in the prompts of the file as a choice, too')
    .option('--sample <n>', 'only so many combinations of each row (default: all)')
    .option('--seed <text>', 'what --sample is drawn by')
    .option('--max-items <n>', 'most images of a file that axes or choices multiply (default: 10000)');
}

/** Adds those that do not touch the prompts. */
export function addSettingFlags(command: Command): Command {
  return command
    .option('--name <text>', 'a name for the batch')
    .option('--model <model>', 'model for rows that name none')
    .option('--variants <n>', 'images of each row, for rows that say none (1-100)')
    .option('--budget <credits>', 'what the batch may cost at most; it pauses before it would cost more')
    .option('--tags <k=v;k=v>', 'tags of all rows, for cost reports')
    .option('--aspect-ratio <w:h>', 'for rows that say none, such as 16:9')
    .option('--image-size <size>', 'for rows that say none: 1K, 2K or 4K')
    .option('--temperature <t>', 'for rows that say none (0-2)')
    .option('--top-p <p>', 'for rows that say none (0-1)')
    .option('--max-tokens <n>', 'for rows that say none (1-32768)')
    .option('--system <text>', 'system message for rows that say none')
    .option('--fresh', 'make every image anew, also those that were made before');
}

const NAMES: readonly (readonly [flag: keyof BatchFlags, metadata: string])[] = [
  ['name', 'name'],
  ['model', 'model'],
  ['template', 'template'],
  ['variants', 'variants'],
  ['budget', 'budget'],
  ['tags', 'tags'],
  ['aspectRatio', 'aspect-ratio'],
  ['imageSize', 'image-size'],
  ['temperature', 'temperature'],
  ['topP', 'top-p'],
  ['maxTokens', 'max-tokens'],
  ['system', 'system'],
  ['expand', 'expand'],
  ['sample', 'sample'],
  ['seed', 'seed'],
  ['maxItems', 'max-items'],
  ['fresh', 'fresh'],
];

/** Reads the flags by the same rules as an object's metadata; throws `UsageError` on one that cannot be used. */
export function batchOptionsOf(flags: BatchFlags): BatchOptions {
  const metadata = Object.fromEntries(
    NAMES.flatMap(([flag, name]) => {
      const value = flags[flag];
      return value === undefined ? [] : [[`pressrun-${name}`, encodeURIComponent(String(value))]];
    }),
  );
  const parsed = metadataToOptions({ ...metadata, 'pressrun-axes': encodeURIComponent(axesText(flags)) });
  if (parsed.kind === 'problem') throw new UsageError(asFlags(parsed.message));
  return parsed.options;
}

/** A message about options of an object's metadata, as one about flags. */
export function asFlags(message: string): string {
  return message.replaceAll('pressrun-axes', '--axis').replaceAll('pressrun-', '--');
}

/** Each flag is one axis, so that a value may hold what separates axes elsewhere. */
function axesText({ axis = [] }: BatchFlags): string {
  const axes = axis.flatMap((text) => {
    const parsed = parseAxes(axisText(text));
    if (parsed.kind === 'rejected') throw new UsageError(`--axis: ${parsed.reason}`);
    return parsed.axes;
  });
  return formatAxes(axes);
}

function gather(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}
