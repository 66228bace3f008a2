import type { ModelCatalog } from '../../calls/models.ts';
import { fileStem } from '../../item/file-name.ts';
import type { ItemSpec } from '../../item/item.ts';
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
import { type Combination, createExpander, type PromptSource } from '../template/expand-row.ts';
import { withNamedValues } from '../template/nested-values.ts';
import { type FilledTemplate, fillParts, fillTemplate } from '../template/template.ts';
import { parseReferences } from './references.ts';
import type { RowDefaults } from './row-defaults.ts';
import { createSettingsReader } from './row-settings.ts';
import { parseVariants } from './settings.ts';
import { sizeColumnsOf } from './size-cells.ts';
import { fillTags, parseTags, type TagsResult } from './tags.ts';

/** Items of several combinations are made as they are asked for; all may be iterated repeatedly. */
type RowItems = { readonly kind: 'items'; readonly items: Iterable<ItemSpec> } | Rejection;

type ReadRow = Pick<FileRow, 'row' | 'fields' | 'nested' | 'literal' | 'messages'>;

/** What holds for all rows of a file. */
interface FileRules {
  readonly options: RowDefaults;
  /** Columns that belong to the file: those in `ignoreColumns`, and those that its template names. */
  readonly data: ReadonlySet<string>;
  readonly settingsOf: ReturnType<typeof createSettingsReader>;
}

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

/** Reads a file's rows: a row's items, one a variant of each prompt it expands to, or why the row is rejected whole. */
export function createRowReader(options: RowDefaults, models: ModelCatalog): (record: ReadRow) => RowItems {
  const expand = createExpander(options);
  const rules: FileRules = {
    options,
    data: new Set([...(options.ignoreColumns ?? []), ...placeholderNames(options.template ?? '')]),
    settingsOf: createSettingsReader(options.settings, models),
  };
  return (record) => {
    if (record.messages !== undefined && options.template !== undefined) {
      return rejected('a conversation is sent as it stands: it cannot be put into a template', 'messages');
    }
    const expansion = expand(namedFields(record, options), record.literal === true);
    if (expansion.kind === 'rejected') return expansion;
    const { source, count, combinations } = expansion;
    const take = (each: Combination) => takeCombination(record, each, source, rules);
    const [only] = count === 1 ? combinations : [];
    if (only === undefined) return itemsOfMany(count, combinations, take);
    const taken = take(only);
    return taken.kind === 'rejected' ? taken : { kind: 'items', items: variantsOf(taken, 1, 0) };
  };
}

function itemsOfMany(
  count: number,
  combinations: Iterable<Combination>,
  take: (each: Combination) => TakenCombination | Rejection,
): RowItems {
  for (const each of combinations) {
    const taken = take(each);
    if (taken.kind === 'rejected') return taken;
  }
  function* items(): Generator<ItemSpec, undefined> {
    let before = 0;
    for (const each of combinations) {
      const taken = take(each);
      if (taken.kind === 'rejected') continue;
      yield* variantsOf(taken, count, before);
      before += taken.variants;
    }
  }
  return { kind: 'items', items: { [Symbol.iterator]: items } };
}

function namedFields({ fields, nested, literal }: ReadRow, options: RowDefaults): RowFields {
  if (nested === undefined) return fields;
  const { name = '', tags = '', prompt = '' } = fields;
  const own = [name, tags, literal ? '' : prompt];
  return withNamedValues(fields, nested, [options.template ?? '', ...own, ...Object.values(options.tags)]);
}

function takeCombination(
  { row, messages, nested }: ReadRow,
  { fields, own, choices }: Combination,
  source: PromptSource,
  { options, data, settingsOf }: FileRules,
): TakenCombination | Rejection {
  const prompt = promptOf(fields, choices, source);
  if (prompt.kind === 'rejected') return prompt;
  const isData = (column: string) => data.has(column) || isNamedBy(fields, column);
  const settings = settingsOf(fields, { isData, isConversation: messages !== undefined });
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
    columns: { ...nestedColumns(nested), ...carriedColumns(own, isData) },
  };
  const bytes = Buffer.byteLength(JSON.stringify(spec));
  if (bytes > MAX_ROW_BYTES) return tooLong('row', bytes, MAX_ROW_BYTES);
  // Without a name, the row's id is the name (README).
  return { kind: 'taken', spec, variants, name: name.text.trim() || id };
}

/** Whether the row's own templates name the column: then it belongs to the file. */
function isNamedBy({ prompt = '', name = '', tags = '' }: RowFields, column: string): boolean {
  return [prompt, name, tags].some((text) => placeholderNames(text).includes(column));
}

/** Longer ones are for templates only. */
const LONGEST_NESTED_BYTES = 4 * 1024;

/** Values inside others are carried along as JSON. */
function nestedColumns(nested: ReadRow['nested']): Record<string, string> | undefined {
  if (nested === undefined) return undefined;
  const texts = Object.entries(nested).map(
    ([key, value]) => [normaliseColumn(key), JSON.stringify(value)] as const,
  );
  return Object.fromEntries(texts.filter(([, text]) => Buffer.byteLength(text) <= LONGEST_NESTED_BYTES));
}

function carriedColumns(own: RowFields, isData: (column: string) => boolean): Record<string, string> {
  const sizes: readonly string[] = sizeColumnsOf(own, isData);
  const isCarried = (column: string) => !isKnownColumn(column) && !sizes.includes(column);
  return Object.fromEntries(Object.entries(own).filter(([column]) => isCarried(column)));
}

/** Names of several combinations begin with the row's number, so that no other row can have them. */
function variantsOf({ spec, variants, name }: TakenCombination, count: number, before: number): ItemSpec[] {
  const { row, prompt } = spec;
  const named = count === 1 ? { prompt, name } : { prompt: name.trim() || prompt };
  return Array.from({ length: variants }, (_, nth) => {
    const variant = before + nth + 1;
    return { ...spec, variant, fileName: fileStem({ row, variant, variants: count * variants, ...named }) };
  });
}

/** A batch's template takes precedence over the row's prompt, and may use it as `{{prompt}}`. */
function promptOf(fields: RowFields, choices: readonly number[], source: PromptSource): FilledTemplate {
  const filled = fillParts(source.parts, usableIn(source, fields), choices, source.column);
  if (filled.kind === 'rejected') return filled;
  const text = filled.text.trim();
  if (text === '') return rejected('prompt is empty', 'prompt');
  if (INVISIBLE.test(text)) return rejected('prompt has nothing in it that can be seen', 'prompt');
  if (ONLY_MARKS.test(text)) return rejected(`prompt has no words in it: ${quoted([text])}`, 'prompt');
  const bytes = Buffer.byteLength(text);
  return bytes > MAX_CELL_BYTES ? tooLong('prompt', bytes, MAX_CELL_BYTES, 'prompt') : { kind: 'text', text };
}

function usableIn({ column, parts }: PromptSource, fields: RowFields): RowFields {
  // Most prompts are no templates.
  if (column === 'template' || parts.every(({ kind }) => kind === 'text')) return fields;
  const { prompt: _, ...others } = fields;
  return others;
}

function tagsOf(fields: RowFields, batch: RowDefaults['tags']): TagsResult {
  const own = parseTags(fields.tags ?? '');
  return own.kind === 'rejected' ? own : fillTags({ ...batch, ...own.tags }, fields);
}
