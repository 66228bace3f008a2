import { DEFAULT_MODEL } from '../calls/models.ts';
import { IMAGE_SETTINGS, SETTING_NAMES } from '../item/image-settings.ts';
import { formatCredits, parseCredits } from '../money/money.ts';
import { parseFlag, parseWhole } from '../prompt-file/cell-values.ts';
import { normaliseColumn, quoted } from '../prompt-file/columns.ts';
import type { RowFields } from '../prompt-file/format.ts';
import type { RowDefaults } from '../prompt-file/row/row-defaults.ts';
import { parseSettings, parseVariants, settingCells } from '../prompt-file/row/settings.ts';
import { formatTags, parseTags } from '../prompt-file/row/tags.ts';
import {
  EXPANSION_OPTIONS,
  expansionTexts,
  parseExpansion,
} from '../prompt-file/template/expansion-options.ts';
import { parseVariables } from '../prompt-file/template/variables.ts';
import { type BatchOptions, DEFAULT_BATCH_OPTIONS } from './batch.ts';

/** S3 takes at most 2 KB of user metadata, names and values together, each name with its prefix. */
const MAX_METADATA_BYTES = 2_048;
const S3_PREFIX_BYTES = 'x-amz-meta-'.length;
const PREFIX = 'pressrun-';
const BUDGET_METADATA = `${PREFIX}budget`;
const USER_METADATA = `${PREFIX}user`;
const SHEET_METADATA = `${PREFIX}contact-sheet`;
/** Options that don't make another batch. */
export const INCIDENTAL_METADATA: readonly string[] = [BUDGET_METADATA, USER_METADATA, SHEET_METADATA];
export const MODEL_METADATA = `${PREFIX}model`;
const MAX_LINE_BYTES = 200;
const MOST_RUNS = 999_999;

/** All options of a batch: metadata names without their prefix. */
export const OPTION_NAMES = [
  'name',
  'template',
  'variants',
  'budget',
  'user',
  'tags',
  ...SETTING_NAMES.map((name) => IMAGE_SETTINGS[name].option),
  'variables',
  'ignore-columns',
  ...EXPANSION_OPTIONS,
  'sheet',
  'fresh',
  'contact-sheet',
  'run',
] as const;
type OptionName = (typeof OPTION_NAMES)[number];

/** In one line: which option is wrong, and what would be right. */
interface OptionsProblem {
  readonly kind: 'problem';
  readonly message: string;
}

/** With wrong metadata, defaults stand in, so that the batch can be shown. */
type ParsedOptions =
  | { readonly kind: 'options'; readonly options: BatchOptions }
  | (OptionsProblem & { readonly options: BatchOptions });

export type Metadata = Readonly<Record<string, string>>;

/** Batch options as object metadata, percent-encoded. Leaves out defaults, but the model if the stage's `defaultModel` differs. */
export function optionsToMetadata(
  options: BatchOptions,
  defaultModel: string = DEFAULT_MODEL,
): { readonly kind: 'metadata'; readonly metadata: Metadata } | OptionsProblem {
  const tags = formatTags(options.tags);
  if (tags === undefined) return problem('tags: a key or value has ; in it, or a key =');
  const texts = optionTexts(options, tags, defaultModel);
  const metadata: Record<string, string> = {};
  for (const name of OPTION_NAMES) {
    const text = texts[name];
    if (text !== undefined) metadata[PREFIX + name] = encodeURIComponent(text.toWellFormed());
  }
  const bytes = Object.entries(metadata).reduce(
    (sum, [name, value]) => sum + S3_PREFIX_BYTES + name.length + value.length,
    0,
  );
  if (bytes <= MAX_METADATA_BYTES) return { kind: 'metadata', metadata };
  return problem(
    `the batch options take ${bytes} bytes as object metadata, S3 allows ${MAX_METADATA_BYTES}: shorten the template, ` +
      'axes or system text, or put them into columns of the file',
  );
}

/** Batch options from metadata that any S3 client may have written: plain or percent-encoded; others' names are ignored. */
export function metadataToOptions(metadata: Metadata, defaultModel: string = DEFAULT_MODEL): ParsedOptions {
  const fields: Record<string, string> = {};
  for (const [key, value] of Object.entries(metadata)) {
    if (!key.toLowerCase().startsWith(PREFIX)) continue;
    const name = OPTION_NAMES.find((each) => PREFIX + each === key.toLowerCase());
    if (name === undefined) {
      return refused(
        `unknown option ${quoted([key])}; there are ${OPTION_NAMES.map((each) => PREFIX + each).join(', ')}`,
      );
    }
    fields[name] = decodeText(value);
  }
  return optionsOf(fields, defaultModel);
}

/** Batch options by name without `pressrun-`; missing ones are defaults. */
export function optionsOf(fields: RowFields, defaultModel: string): ParsedOptions {
  const rows = parseRowDefaults(fields, defaultModel);
  if ('problem' in rows) return refused(rows.problem);
  const whole = parseWholeBatch(fields);
  if ('problem' in whole) return refused(whole.problem);
  return { kind: 'options', options: { ...whole, ...rows } };
}

interface Wrong {
  readonly problem: string;
}

function parseRowDefaults(fields: RowFields, defaultModel: string): RowDefaults | Wrong {
  const settings = parseSettings(fields, 'option');
  if (settings.kind === 'rejected') return wrong(settings.column, settings.reason);
  const variants = parseVariants(fields);
  if (typeof variants === 'object') return wrong('variants', variants.reason);
  const tags = parseTags(fields.tags ?? '');
  if (tags.kind === 'rejected') return wrong('tags', tags.reason);
  const template = (fields.template ?? '').trim();
  const variables = parseVariables(fields.variables);
  if (variables === 'wrong')
    return wrong('variables', 'must be a JSON object of texts, named as columns of your own');
  const expansion = parseExpansion(fields);
  if (expansion !== undefined && 'reason' in expansion) return wrong(expansion.column, expansion.reason);
  const ignoreColumns = [...new Set((fields['ignore-columns'] ?? '').split(',').map(normaliseColumn))].filter(
    (column) => column !== '',
  );
  return {
    ...(template !== '' && { template }),
    variants: variants ?? DEFAULT_BATCH_OPTIONS.variants,
    tags: tags.tags,
    settings: { model: defaultModel, ...settings.settings },
    ...(variables !== undefined && { variables }),
    ...(ignoreColumns.length > 0 && { ignoreColumns }),
    ...(expansion !== undefined && { expansion }),
  };
}

function parseWholeBatch(fields: RowFields): Omit<BatchOptions, keyof RowDefaults> | Wrong {
  const budgetMicro = parseBudget(fields.budget);
  if (typeof budgetMicro === 'string') return wrong('budget', budgetMicro);
  const [name, user] = [(fields.name ?? '').trim(), (fields.user ?? '').trim()];
  const tooLong = Object.entries({ name, user }).find(([, text]) => !isLine(text));
  if (tooLong !== undefined) return wrong(tooLong[0], `must be one line of at most ${MAX_LINE_BYTES} bytes`);
  const sheet = (fields.sheet ?? '').trim();
  const fresh = parseFlag(fields, 'fresh');
  if (typeof fresh === 'object') return wrong('fresh', fresh.reason);
  const contactSheet = parseFlag(fields, 'contact-sheet');
  if (typeof contactSheet === 'object') return wrong('contact-sheet', contactSheet.reason);
  const run = parseWhole(fields, 'run', MOST_RUNS);
  if (typeof run === 'object') return wrong('run', run.reason);
  return {
    ...(name !== '' && { name }),
    ...(budgetMicro !== undefined && { budgetMicro }),
    ...(user !== '' && { user }),
    ...(sheet !== '' && { sheet }),
    ...(fresh && { fresh }),
    ...(contactSheet && { contactSheet }),
    ...(run !== undefined && run > 1 && { run }),
  };
}

function isLine(text: string): boolean {
  return Buffer.byteLength(text) <= MAX_LINE_BYTES && !/\p{Cc}/u.test(text);
}

function parseBudget(text = ''): number | undefined | string {
  if (text.trim() === '') return undefined;
  const micro = parseCredits(text);
  return micro === undefined || micro === 0
    ? `must be credits, such as 500, not ${quoted([text.trim()])}`
    : micro;
}

function optionTexts(
  options: BatchOptions,
  tags: string,
  defaultModel: string,
): Partial<Record<OptionName, string | undefined>> {
  const { model, ...settings } = options.settings;
  const isDefault = model === DEFAULT_MODEL && defaultModel === DEFAULT_MODEL;
  const given = isDefault ? settings : options.settings;
  const settingTexts = Object.entries(settingCells(given, 'option')).map(([name, value]) => [
    name,
    value?.toString(),
  ]);
  return {
    ...Object.fromEntries(settingTexts),
    name: options.name,
    template: options.template,
    variants: options.variants === DEFAULT_BATCH_OPTIONS.variants ? undefined : String(options.variants),
    budget: options.budgetMicro === undefined ? undefined : formatCredits(options.budgetMicro),
    user: options.user,
    tags: tags === '' ? undefined : tags,
    variables: options.variables && JSON.stringify(options.variables),
    'ignore-columns': options.ignoreColumns?.join(','),
    ...expansionTexts(options.expansion),
    sheet: options.sheet,
    fresh: options.fresh && 'true',
    'contact-sheet': options.contactSheet && 'true',
    run: options.run?.toString(),
  };
}

function decodeText(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

function wrong(column: string | undefined, reason: string): Wrong {
  return { problem: `${PREFIX}${(column ?? '').replaceAll('_', '-')}: ${reason}` };
}

function refused(message: string): ParsedOptions {
  return { ...problem(message), options: DEFAULT_BATCH_OPTIONS };
}

function problem(message: string): OptionsProblem {
  return { kind: 'problem', message };
}
