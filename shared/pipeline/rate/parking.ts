import type { BatchId } from '../../domain/ids.ts';
import type { Effects } from '../effects.ts';
import { parkedToRow } from '../rows/batch-pause-row.ts';

/** As long as a worker believes a pause: no message leaves by an older mark. */
const FRESH_MS = 2_000;

/** Whether a stopped item's message leaves the queue. */
type Park = (batch: BatchId, model: string) => Promise<'leaves' | 'stays'>;

/**
 * Lets paused messages leave the queue, where each would be received every few minutes. A mark in the table says so; the
 * sweep sends them again. The message that sets the mark stays, so that a worker still looks.
 */
export function createParking({ table, clock }: Pick<Effects, 'table' | 'clock'>): Park {
  const marks = new Map<string, { readonly atMs: number; readonly written: Promise<unknown> }>();
  return async (batch, model) => {
    const key = `${batch} ${model}`;
    const atMs = clock.now();
    const before = marks.get(key);
    if (before !== undefined && atMs < before.atMs + FRESH_MS) {
      await before.written;
      return 'leaves';
    }
    const written = table.write([{ kind: 'put', row: parkedToRow(batch, { model, atMs }) }]);
    marks.set(key, { atMs, written });
    await written;
    return 'stays';
  };
}
