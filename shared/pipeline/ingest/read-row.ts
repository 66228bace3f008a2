import type { BatchOptions } from '../../domain/batch/batch.ts';
import { findModel } from '../../domain/calls/models.ts';
import { createContentCount } from '../../domain/item/content-count.ts';
import type { ItemSpec } from '../../domain/item/item.ts';
import type { EmbeddedImage, FileRecord } from '../../domain/prompt-file/format.ts';
import { createRowReader } from '../../domain/prompt-file/row/row-reader.ts';
import type { Effects } from '../effects.ts';
import type { RejectedLine } from '../rows/rejected-row.ts';

/** A row that can be generated, by the row alone. */
export interface ReadRow {
  readonly row: number;
  readonly line: number;
  /** They can be gone through again and again; those of a row that expands are made as they are asked for. */
  readonly items: Iterable<NumberedItem>;
  /** Images inside the row. */
  readonly embedded: readonly EmbeddedImage[];
}

/** An item, and its number among the file's images of the same content, from 1. */
export interface NumberedItem {
  readonly spec: ItemSpec;
  readonly occurrence: number;
}

/** Reads what a record asks for, or why it is rejected. To be given each record of its file once, in order: it counts. */
export type RecordReader = (record: FileRecord) => ReadRow | RejectedLine;

export function createRecordReader({ models }: Pick<Effects, 'models'>, options: BatchOptions): RecordReader {
  const itemsOf = createRowReader(options, models);
  const count = createContentCount();

  /** By its references as they are written: what is behind them need not be known to count. */
  function occurrenceOf({ prompt, messages, settings, references }: ItemSpec): number {
    const profile = findModel(models, settings.model);
    return profile === undefined ? 1 : count.next({ prompt, messages, settings, profile, references });
  }

  return (record) => {
    const { row, line } = record;
    const read = record.kind === 'row' ? itemsOf(record) : record;
    if (read.kind === 'items') {
      const embedded = record.kind === 'row' ? (record.embedded ?? []) : [];
      return { row, line, items: numbered(read.items, occurrenceOf), embedded };
    }
    const { column, reason } = read;
    return { row, line, reason, ...(column === undefined ? {} : { column }) };
  };
}

/** Each is counted once, however often they are gone through. */
function numbered(
  items: Iterable<ItemSpec>,
  occurrenceOf: (spec: ItemSpec) => number,
): Iterable<NumberedItem> {
  if (Array.isArray(items)) return items.map((spec) => ({ spec, occurrence: occurrenceOf(spec) }));
  const numbers = Array.from(items, occurrenceOf);
  const withNumber = (spec: ItemSpec, index: number) => ({ spec, occurrence: numbers[index] ?? 1 });
  return { [Symbol.iterator]: () => Iterator.from(items).map(withNumber) };
}
