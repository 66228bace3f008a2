import { changedColumns } from '../../domain/batch/item-changes.ts';
import type { ItemSpec } from '../../domain/item/item.ts';
import { itemsOf } from '../batch/batch-items.ts';
import type { Effects } from '../effects.ts';
import { earlierBatch } from './earlier-batch.ts';

/** An item of an earlier batch of the file that is asked for otherwise now, by the caller's own key. */
export interface ChangedItem {
  readonly id: string;
  readonly row: number;
  readonly variant: number;
  readonly columns: readonly string[];
}

/** Tells what has changed since the newest earlier batch of a file of the same name; items are matched by `id`. */
export interface Comparison {
  /** The columns in which an item differs from what it was; undefined where it was not there. */
  see(spec: ItemSpec): ChangedItem | undefined;
  /** Ids of items that were there, and were not seen. */
  gone(): string[];
}

export async function comparisonWithEarlier(
  effects: Pick<Effects, 'table'>,
  fileName: string,
): Promise<Comparison> {
  const before = new Map<string, Pick<ItemSpec, 'prompt' | 'messages' | 'settings' | 'references'>>();
  const batch = await earlierBatch(effects, fileName);
  if (batch !== undefined) {
    for await (const item of itemsOf(effects.table, batch.id)) {
      const { id, variant, prompt, messages, settings, references } = item;
      const asked = { prompt, settings, references, ...(messages && { messages }) };
      if (id !== undefined) before.set(keyOf(id, variant), asked);
    }
  }
  const seen = new Set<string>();

  function see(spec: ItemSpec): ChangedItem | undefined {
    const { id, row, variant } = spec;
    if (id === undefined) return undefined;
    const key = keyOf(id, variant);
    seen.add(key);
    const was = before.get(key);
    return was === undefined ? undefined : { id, row, variant, columns: changedColumns(was, spec) };
  }

  function gone(): string[] {
    const keys = [...before.keys()].filter((key) => !seen.has(key));
    return [...new Set(keys.map((key) => key.slice(key.indexOf(' ') + 1)))];
  }

  return { see, gone };
}

function keyOf(id: string, variant: number): string {
  return `${variant} ${id}`;
}
