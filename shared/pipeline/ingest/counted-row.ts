import type { BatchOptions } from '../../domain/batch/batch.ts';
import { findModel } from '../../domain/calls/models.ts';
import type { ContentCount } from '../../domain/item/content-count.ts';
import type { ItemSpec } from '../../domain/item/item.ts';
import type { FileRecord } from '../../domain/prompt-file/format.ts';
import { rowToItems } from '../../domain/prompt-file/row/row-to-items.ts';
import type { ResolvedRow } from '../batch/unique-rows.ts';
import type { Effects } from '../effects.ts';
import type { RejectedLine } from '../rows/rejected-row.ts';

/** A row with the number of each of its items among the file's images of the same content. */
export interface CountedRow extends ResolvedRow {
  readonly duplicateNumbers: readonly number[];
}

/** What a record of the file asks for, or why it cannot be taken. To be asked for each record once, in their order. */
export function readCountedRow(
  { models }: Pick<Effects, 'models'>,
  options: BatchOptions,
  record: FileRecord,
  count: ContentCount,
): CountedRow | RejectedLine {
  const { row, line } = record;
  const taken = record.kind === 'row' ? rowToItems(record, options, models) : record;
  if (taken.kind === 'items') {
    const duplicateNumbers = Array.from(taken.items, (spec) => nthOf(models, spec, count));
    return { row, line, items: taken.items, duplicateNumbers };
  }
  const { column, reason } = taken;
  return { row, line, reason, ...(column === undefined ? {} : { column }) };
}

/** By its references as they are written: what is behind them need not be known to count. */
function nthOf(models: Effects['models'], spec: ItemSpec, count: ContentCount): number {
  const { prompt, messages, settings, references } = spec;
  const profile = findModel(models, settings.model);
  return profile === undefined ? 1 : count.next({ prompt, messages, settings, profile, references });
}
