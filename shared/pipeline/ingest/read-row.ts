import type { BatchOptions } from '../../domain/batch/batch.ts';
import { findModel } from '../../domain/calls/models.ts';
import type { ContentCount } from '../../domain/item/content-count.ts';
import type { ItemSpec } from '../../domain/item/item.ts';
import type { EmbeddedImage, FileRecord } from '../../domain/prompt-file/format.ts';
import { rowToItems } from '../../domain/prompt-file/row/row-to-items.ts';
import type { Effects } from '../effects.ts';
import type { RejectedLine } from '../rows/rejected-row.ts';

/** A row that can be generated, by the row alone. */
export interface ReadRow {
  readonly row: number;
  readonly line: number;
  /** Made as they are asked for; may be iterated repeatedly. */
  readonly items: Iterable<NumberedItem>;
  /** Images inside the row. */
  readonly embedded: readonly EmbeddedImage[];
}

/** An item, and its number among the file's images of the same content, from 1. */
export interface NumberedItem {
  readonly spec: ItemSpec;
  readonly occurrence: number;
}

/** Reads a record, or says why it is rejected. Once for each, in order: `count` counts. */
export function readRow(
  { models }: Pick<Effects, 'models'>,
  options: BatchOptions,
  record: FileRecord,
  count: ContentCount,
): ReadRow | RejectedLine {
  const { row, line } = record;
  const read = record.kind === 'row' ? rowToItems(record, options, models) : record;
  if (read.kind === 'items') {
    const numbers = Array.from(read.items, (spec) => occurrenceOf(models, spec, count));
    const embedded = record.kind === 'row' ? (record.embedded ?? []) : [];
    return { row, line, items: numbered(read.items, numbers), embedded };
  }
  const { column, reason } = read;
  return { row, line, reason, ...(column === undefined ? {} : { column }) };
}

function numbered(items: Iterable<ItemSpec>, numbers: readonly number[]): Iterable<NumberedItem> {
  const withNumber = (spec: ItemSpec, index: number) => ({ spec, occurrence: numbers[index] ?? 1 });
  if (Array.isArray(items)) return items.map(withNumber);
  return { [Symbol.iterator]: () => Iterator.from(items).map(withNumber) };
}

/** Counts by references as written, unread. */
function occurrenceOf(models: Effects['models'], spec: ItemSpec, count: ContentCount): number {
  const { prompt, messages, settings, references } = spec;
  const profile = findModel(models, settings.model);
  return profile === undefined ? 1 : count.next({ prompt, messages, settings, profile, references });
}
