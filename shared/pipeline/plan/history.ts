import { type History, historyKey, type Measured } from '../../domain/batch/plan.ts';
import type { BatchId } from '../../domain/ids.ts';
import type { Item } from '../../domain/item/item.ts';
import { itemsOf } from '../batch/batch-items.ts';
import { newestBatches } from '../batch/batches.ts';
import type { Effects } from '../effects.ts';

/** What was measured long ago says little of today; what is read must not take long. */
const MOST_BATCHES = 50;
const MOST_ITEMS = 2_000;
/** Of one batch, so that others count too; and so many are looked at, ended or not. */
const MOST_ITEMS_OF_BATCH = 500;
const MOST_LOOKED_AT = 1_000;

/** What the stage's newest items came to, by model and size: those that ended with a call, well or badly. */
export async function measureHistory({ table }: Pick<Effects, 'table'>): Promise<History> {
  const history = new Map<string, Measured>();
  let items = 0;
  for await (const batch of newestBatches(table, MOST_BATCHES)) {
    for await (const item of measuredItems(table, batch)) {
      addTo(history, item);
      items += 1;
    }
    if (items >= MOST_ITEMS) break;
  }
  return history;
}

/** The first items of a batch that ended with a call. */
async function* measuredItems(table: Effects['table'], batch: BatchId): AsyncGenerator<Item> {
  let read = 0;
  let measured = 0;
  for await (const item of itemsOf(table, batch)) {
    if (read >= MOST_LOOKED_AT) return;
    read += 1;
    const isEnded = item.state.kind === 'done' || item.state.kind === 'failed';
    if (!isEnded || (item.workMs === 0 && item.creditsMicro === 0)) continue;
    yield item;
    measured += 1;
    if (measured >= MOST_ITEMS_OF_BATCH) return;
  }
}

function addTo(history: Map<string, Measured>, { settings, creditsMicro, workMs }: Item): void {
  const key = historyKey(settings.model, settings.imageSize);
  const before = history.get(key) ?? { items: 0, creditsMicro: 0, workMs: 0 };
  history.set(key, {
    items: before.items + 1,
    creditsMicro: before.creditsMicro + creditsMicro,
    workMs: before.workMs + workMs,
  });
}
