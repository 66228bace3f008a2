import { DEFAULT_PROMPT_PREFIX, findModel, type ModelCatalog } from '../../calls/models.ts';
import { fileStem } from '../../item/file-name.ts';
import type { ImageSettings } from '../../item/image-settings.ts';
import type { ItemSpec } from '../../item/item.ts';
import { cellText } from '../cell-values.ts';
import { tooLong } from '../cells.ts';
import { placeholderNames } from '../column-meaning.ts';
import { isKnownColumn, normaliseColumn, quoted } from '../columns.ts';
import {
  type FileRow,
  MAX_CELL_BYTES,
  MAX_ROW_BYTES,
  type Rejection,
  type RowFields,
  rejected,
} from '../format.ts';
import { type Combination, expandRow, type PromptSource } from '../template/expand-row.ts';
import { withNamedValues } from '../template/nested-values.ts';
import { type FilledTemplate, fillParts, fillTemplate } from '../template/template.ts';
import { parseReferences } from './references.ts';
import type { RowDefaults } from './row-defaults.ts';
import { checkAgainstModel, parseSettings, parseVariants } from './settings.ts';
import { sizeColumnsOf, withSizes } from './size-cells.ts';
import { fillTags, parseTags, type TagsResult } from './tags.ts';

/** Items are made as they are asked for, and may be iterated repeatedly. */
type RowItems = { readonly kind: 'items'; readonly items: Iterable<ItemSpec> } | Rejection;

/** An item without its place in its row. */
interface TakenCombination {
  readonly kind: 'taken';
  readonly spec: Omit<ItemSpec, 'variant' | 'fileName'>;
  readonly variants: number;
  readonly name: string;
}

const MAX_ID_BYTES = 256;
/** Blanks, control and format characters, and letters that are drawn as blanks (Braille U+2800, Hangul fillers). */
const INVISIBLE = /^[\p{Z}\p{C}\p{M}\u{2800}\u{115f}\u{1160}\u{3164}\u{ffa0}]*$/u;
/** Nothing but punctuation: a placeholder, or what is left of a table. */
const ONLY_MARKS = /^[\p{P}\p{Z}\s]+$/u;

/** A row's items, one a variant of each prompt it expands to, checked against the model; or why the row is rejected whole. */
export function rowToItems(record: ReadRow, options: RowDefaults, models: ModelCatalog): RowItems {
  const { messages } = record;
  if (messages !== undefined && options.template !== undefined) {
    return rejected('a conversation is sent as it stands: it cannot be put into a template', 'messages');
  }
  const fields = namedFields(record, options);
  const expansion = expandRow(fields, record.literal ? { ...options, literalPrompt: true } : options);
  if (expansion.kind === 'rejected') return expansion;
  const { source, count, combinations } = expansion;
  function* allItems(): Generator<TakenCombination | Rejection, undefined> {
    for (const each of combinations) yield itemOfCombination(record, each, source, options, models);
  }

  if (count === 1) {
    const taken = [...allItems()];
    return taken.find((each) => each.kind === 'rejected') ?? { kind: 'items', items: [...itemsOf(taken, 1)] };
  }
  for (const each of allItems()) if (each.kind === 'rejected') return each;
  return { kind: 'items', items: { [Symbol.iterator]: () => itemsOf(allItems(), count) } };
}

type ReadRow = Pick<FileRow, 'row' | 'fields' | 'nested' | 'literal' | 'messages'>;

function namedFields({ fields, nested, literal }: ReadRow, options: RowDefaults): RowFields {
  if (nested === undefined) return fields;
  const { name = '', tags = '', prompt = '' } = fields;
  const own = [name, tags, literal ? '' : prompt];
  return withNamedValues(fields, nested, [options.template ?? '', ...own, ...Object.values(options.tags)]);
}

function itemOfCombination(
  { row, messages, nested }: ReadRow,
  { fields, own, choices }: Combination,
  source: PromptSource,
  options: RowDefaults,
  models: ModelCatalog,
): TakenCombination | Rejection {
  const prompt = promptOf(fields, choices, source);
  if (prompt.kind === 'rejected') return prompt;
  const data = dataColumns(fields, options);
  const settings = settingsOf(fields, options.settings, models, { data, hasPrefix: messages === undefined });
  if (settings.kind === 'rejected') return settings;
  const variants = parseVariants(fields) ?? options.variants;
  if (typeof variants === 'object') return variants;
  const references = parseReferences(fields.references ?? '');
  if (references.kind === 'rejected') return references;
  const tags = tagsOf(fields, options.tags);
  if (tags.kind === 'rejected') return tags;
  const name = fillTemplate(fields.name ?? '', fields, 'name');
  if (name.kind === 'rejected') return name;
  const id = (fields.id ?? '').trim();
  if (Buffer.byteLength(id) > MAX_ID_BYTES) return rejected(`id is over ${MAX_ID_BYTES} bytes`, 'id');

  const spec = {
    row,
    ...(id !== '' && { id }),
    prompt: prompt.text,
    ...(messages !== undefined && { messages }),
    settings: settings.settings,
    references: references.references,
    tags: tags.tags,
    columns: { ...nestedColumns(nested), ...carriedColumns(own, data) },
  };
  const bytes = Buffer.byteLength(JSON.stringify(spec));
  if (bytes > MAX_ROW_BYTES) return tooLong('row', bytes, MAX_ROW_BYTES);
  // Without a name, the row's id is the name (README).
  return { kind: 'taken', spec, variants, name: name.text.trim() || id };
}

/** Columns that belong to the file: those in `ignoreColumns`, and those that templates name. */
function dataColumns({ prompt = '', name = '', tags = '' }: RowFields, options: RowDefaults): Set<string> {
  const places = [options.template ?? '', prompt, name, tags].flatMap(placeholderNames);
  return new Set([...(options.ignoreColumns ?? []), ...places]);
}

/** Longer ones are for templates only. */
const LONGEST_NESTED_BYTES = 4 * 1024;

/** Values inside others are carried along as JSON. */
function nestedColumns(nested: ReadRow['nested'] = {}): Record<string, string> {
  const texts = Object.entries(nested).map(
    ([key, value]) => [normaliseColumn(key), JSON.stringify(value)] as const,
  );
  return Object.fromEntries(texts.filter(([, text]) => Buffer.byteLength(text) <= LONGEST_NESTED_BYTES));
}

function carriedColumns(own: RowFields, data: ReadonlySet<string>): Record<string, string> {
  const sizes: readonly string[] = sizeColumnsOf(own, data);
  const isCarried = (column: string) => !isKnownColumn(column) && !sizes.includes(column);
  return Object.fromEntries(Object.entries(own).filter(([column]) => isCarried(column)));
}

/** Names of several combinations begin with the row's number, so that no other row can have them. */
function* itemsOf(
  combinations: Iterable<TakenCombination | Rejection>,
  count: number,
): Generator<ItemSpec, undefined> {
  let variant = 0;
  for (const each of combinations) {
    if (each.kind === 'rejected') continue;
    const { spec, variants, name } = each;
    const { row, prompt } = spec;
    const last = variant + variants;
    while (variant < last) {
      variant += 1;
      const named = count === 1 ? { prompt, name } : { prompt: name.trim() || prompt };
      yield { ...spec, variant, fileName: fileStem({ row, variant, variants: count * variants, ...named }) };
    }
  }
}

/** A batch's template takes precedence over the row's prompt, and may use it as `{{prompt}}`. */
function promptOf(fields: RowFields, choices: readonly number[], source: PromptSource): FilledTemplate {
  const { prompt: _, ...others } = fields;
  const usable = source.column === 'prompt' ? others : fields;
  const filled = fillParts(source.parts, usable, choices, source.column);
  if (filled.kind === 'rejected') return filled;
  const text = filled.text.trim();
  if (text === '') return rejected('prompt is empty', 'prompt');
  if (INVISIBLE.test(text)) return rejected('prompt has nothing in it that can be seen', 'prompt');
  if (ONLY_MARKS.test(text)) return rejected(`prompt has no words in it: ${quoted([text])}`, 'prompt');
  const bytes = Buffer.byteLength(text);
  return bytes > MAX_CELL_BYTES ? tooLong('prompt', bytes, MAX_CELL_BYTES, 'prompt') : { kind: 'text', text };
}

function settingsOf(
  fields: RowFields,
  batch: ImageSettings,
  models: ModelCatalog,
  { data, hasPrefix }: { readonly data: ReadonlySet<string>; readonly hasPrefix: boolean },
): { readonly kind: 'settings'; readonly settings: ImageSettings } | Rejection {
  const profile = findModel(models, cellText(fields, 'model') ?? batch.model);
  const sized = withSizes(fields, { ratios: profile?.aspectRatios ?? ['1:1'], data });
  if (sized.kind === 'rejected') return sized;
  const own = parseSettings(sized.fields);
  if (own.kind === 'rejected') return own;
  const { promptPrefix, ...named } = { ...batch, ...own.settings };
  const isEdit = (fields.references ?? '').trim() !== '';
  const prefix = promptPrefix ?? (isEdit ? undefined : profile?.promptPrefix);
  const settings = {
    ...named,
    model: profile?.model ?? named.model,
    // The same request is the same content, however its prefix came about.
    ...(hasPrefix &&
      prefix !== undefined &&
      (prefix !== DEFAULT_PROMPT_PREFIX || isEdit) && { promptPrefix: prefix }),
  };
  return checkAgainstModel(settings, models) ?? { kind: 'settings', settings };
}

function tagsOf(fields: RowFields, batch: RowDefaults['tags']): TagsResult {
  const own = parseTags(fields.tags ?? '');
  return own.kind === 'rejected' ? own : fillTags({ ...batch, ...own.tags }, fields);
}
