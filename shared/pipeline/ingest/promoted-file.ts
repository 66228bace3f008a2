import { type Pick, type Promotion, promotedLine } from '../../domain/batch/promotion.ts';
import type { BatchId } from '../../domain/ids.ts';
import { type Item, imageOf } from '../../domain/item/item.ts';
import { itemsOf } from '../batch/batch-items.ts';
import type { Effects } from '../effects.ts';
import { memoryFile } from './memory-file.ts';
import type { PromptFile } from './submit.ts';

/** A file of chosen items, or why there is none. */
type PromotedFile =
  | { readonly kind: 'file'; readonly file: PromptFile; readonly items: number }
  | { readonly kind: 'problem'; readonly message: string };

/** Chosen items as a prompt file with other settings: the same choice is the same file. */
export async function promotedFile(
  { table }: globalThis.Pick<Effects, 'table'>,
  batch: BatchId,
  picks: readonly Pick[],
  promotion: Promotion,
): Promise<PromotedFile> {
  const items: Item[] = [];
  const missing = new Set(picks.map(nameOf));
  const wanted = new Set(missing);
  for await (const item of itemsOf(table, batch)) {
    const names = [nameOf(item), nameOf({ row: item.row })].filter((name) => wanted.has(name));
    if (names.length > 0) items.push(item);
    for (const name of names) missing.delete(name);
  }
  for (const name of missing) {
    return { kind: 'problem', message: `${batch} has no row ${name}: see its manifest` };
  }
  const undone = promotion.fromDraft ? items.find((item) => imageOf(item) === undefined) : undefined;
  if (undone !== undefined) {
    return { kind: 'problem', message: `row ${undone.row} of ${batch} has no image to send along` };
  }
  const text = items.map((item) => `${promotedLine(item, promotion)}\n`).join('');
  const name = `${batch.replace(/-[0-9a-f]{12}-[0-9a-f]{10}$/, '')}-promoted.jsonl`;
  const file = memoryFile(name, 'application/x-ndjson', text);
  return { kind: 'file', file, items: items.length };
}

/** `3`, or `3/2` for a variant. */
function nameOf({ row, variant }: Pick): string {
  return variant === undefined ? String(row) : `${row}/${variant}`;
}
