import type { FileRecord, RowContent } from '../format.ts';
import { DEFAULT_MAX_ITEMS, expandRow, expands, tooMany } from '../template/expand-row.ts';
import type { RowDefaults } from './row-defaults.ts';
import { parseVariants } from './settings.ts';

/**
 * Why a file is not begun with: its batch expands, to more items than are allowed. To be asked before anything is written;
 * reads the whole file where the batch expands, and nothing of it where not.
 */
export async function tooManyItems(
  records: AsyncIterable<FileRecord>,
  options: RowDefaults,
): Promise<string | undefined> {
  if (!expands(options)) return undefined;
  const most = options.expansion?.maxItems ?? DEFAULT_MAX_ITEMS;
  let items = 0;
  for await (const record of records) {
    if (record.kind !== 'row') continue;
    const count = itemCount(record, options);
    if (typeof count === 'string') return count;
    items += count;
  }
  return items > most ? tooMany(items, most) : undefined;
}

/** At most so many items, or why they are too many by themselves; a row that is rejected later has none. */
function itemCount({ fields, literal }: RowContent, options: RowDefaults): number | string {
  const expansion = expandRow(fields, literal ? { ...options, literalPrompt: true } : options);
  if (expansion.kind === 'rejected') return expansion.reason;
  const variants = parseVariants(fields) ?? options.variants;
  return typeof variants === 'object' ? 0 : expansion.count * variants;
}
