import type { BatchOptions, ImageSettings } from '../batch.ts';
import { fileStem } from '../file-name.ts';
import type { ItemSpec } from '../item.ts';
import type { ModelCatalog } from '../models.ts';
import { tooLong } from './cells.ts';
import { isKnownColumn } from './columns.ts';
import {
  type FileRow,
  MAX_CELL_BYTES,
  MAX_ROW_BYTES,
  type Rejection,
  type RowFields,
  rejected,
} from './format.ts';
import { parseReferences } from './references.ts';
import { checkAgainstModel, parseSettings, parseVariants } from './settings.ts';
import { fillTags, parseTags, type TagsResult } from './tags.ts';
import { fillTemplate } from './template.ts';

export type RowItems = { readonly kind: 'items'; readonly items: readonly ItemSpec[] } | Rejection;

const MAX_ID_BYTES = 256;

/**
 * The items of a row, one a variant: its settings over the batch's, checked against the model; templates filled in.
 * Or why it cannot be taken.
 */
export function rowToItems(
  { row, fields: own }: Pick<FileRow, 'row' | 'fields'>,
  options: BatchOptions,
  models: ModelCatalog,
): RowItems {
  const fields = { ...options.variables, ...own };
  const prompt = promptOf(fields, options.template);
  if (prompt.kind === 'rejected') return prompt;
  const settings = settingsOf(fields, options.settings, models);
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

  return itemsOf(variants, name.text, {
    row,
    ...(id !== '' && { id }),
    prompt: prompt.text,
    settings: settings.settings,
    references: references.references,
    tags: tags.tags,
    columns: Object.fromEntries(Object.entries(own).filter(([column]) => !isKnownColumn(column))),
  });
}

function itemsOf(variants: number, name: string, shared: Omit<ItemSpec, 'variant' | 'fileName'>): RowItems {
  const bytes = Buffer.byteLength(JSON.stringify(shared));
  if (bytes > MAX_ROW_BYTES) return tooLong('row', bytes, MAX_ROW_BYTES);
  const items = Array.from({ length: variants }, (_, index): ItemSpec => {
    const variant = index + 1;
    const fileName = fileStem({ row: shared.row, variant, variants, prompt: shared.prompt, name });
    return { ...shared, variant, fileName };
  });
  return { kind: 'items', items };
}

/** A batch's template comes before the row's own prompt, and may use it as `{{prompt}}`. */
function promptOf(fields: RowFields, template: string | undefined): ReturnType<typeof fillTemplate> {
  const { prompt = '', ...others } = fields;
  const filled =
    template === undefined
      ? fillTemplate(prompt, others, 'prompt')
      : fillTemplate(template, fields, 'template');
  if (filled.kind === 'rejected') return filled;
  const text = filled.text.trim();
  if (text === '') return rejected('prompt is empty', 'prompt');
  const bytes = Buffer.byteLength(text);
  return bytes > MAX_CELL_BYTES ? tooLong('prompt', bytes, MAX_CELL_BYTES, 'prompt') : { kind: 'text', text };
}

function settingsOf(
  fields: RowFields,
  batch: ImageSettings,
  models: ModelCatalog,
): { readonly kind: 'settings'; readonly settings: ImageSettings } | Rejection {
  const own = parseSettings(fields);
  if (own.kind === 'rejected') return own;
  const settings = { ...batch, ...own.settings };
  return checkAgainstModel(settings, models) ?? { kind: 'settings', settings };
}

function tagsOf(fields: RowFields, batch: BatchOptions['tags']): TagsResult {
  const own = parseTags(fields.tags ?? '');
  return own.kind === 'rejected' ? own : fillTags({ ...batch, ...own.tags }, fields);
}
