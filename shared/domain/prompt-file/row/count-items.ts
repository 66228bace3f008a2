import { meaningOf, placeholderNames } from '../column-meaning.ts';
import type { FileRecord, RowContent, RowFields } from '../format.ts';
import { createExpander, DEFAULT_MAX_ITEMS, expands, tooMany } from '../template/expand-row.ts';
import type { RowDefaults } from './row-defaults.ts';
import { parseVariants } from './settings.ts';

/**
 * Why a file is not ingested: its batch expands to too many items, or an axis is unused and would pay for equal images.
 * Ask before writing. Reads the whole file only if it expands or has such an axis.
 */
export async function expansionProblem(
  records: AsyncIterable<FileRecord>,
  options: RowDefaults,
): Promise<string | undefined> {
  const unused = new Set(axesToBeNamed(options));
  if (unused.size === 0 && !expands(options)) return undefined;
  const most = options.expansion?.maxItems ?? DEFAULT_MAX_ITEMS;
  const expand = createExpander(options);
  let items = 0;
  for await (const record of records) {
    if (record.kind !== 'row') continue;
    for (const name of placesIn(record, options)) unused.delete(name);
    const { fields, literal = false } = record;
    const count = itemCount(fields, expand(fields, literal), options);
    if (typeof count === 'string') return count;
    items += count;
  }
  const [axis] = unused;
  if (axis !== undefined) return unusedAxis(axis);
  return items > most ? tooMany(items, most) : undefined;
}

/** Axes that no setting, template or tag of the batch uses; a row's own texts may. */
function axesToBeNamed({ expansion, template = '', tags }: RowDefaults): string[] {
  const named = new Set([template, ...Object.values(tags)].flatMap(placeholderNames));
  const names = (expansion?.axes ?? []).map(({ name }) => name);
  return names.filter((name) => !named.has(name) && meaningOf(name).kind !== 'ours');
}

/** What a row's own texts name; a template replaces its prompt. */
function placesIn({ fields, literal }: RowContent, { template }: RowDefaults): string[] {
  const { prompt = '', name = '', tags = '' } = fields;
  return [template === undefined && !literal ? prompt : '', name, tags].flatMap(placeholderNames);
}

function unusedAxis(name: string): string {
  const meaning = meaningOf(name);
  const hint = meaning.kind === 'mistyped' ? `did you mean "${meaning.meant}"? Or ` : '';
  return `pressrun-axes: nothing uses "${name}", so its images would be the same: ${hint}put {{${name}}} into the template, the tags, or the file's prompts`;
}

/** At most so many items, or why they alone are too many; a row that is rejected later has none. */
function itemCount(
  fields: RowFields,
  expansion: ReturnType<ReturnType<typeof createExpander>>,
  options: RowDefaults,
): number | string {
  if (expansion.kind === 'rejected') return expansion.reason;
  const variants = parseVariants(fields) ?? options.variants;
  return typeof variants === 'object' ? 0 : expansion.count * variants;
}
