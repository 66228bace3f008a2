import * as z from 'zod/mini';
import { endedItems } from '../../domain/batch/batch.ts';
import type { BatchId } from '../../domain/ids.ts';
import type { Effects } from '../effects.ts';
import { OPEN_BATCHES, openBatchKey } from '../rows/batch-row.ts';
import { count, parseRow } from '../rows/fields.ts';
import { readProgress } from '../rows/progress-row.ts';

const FIRST_QUIET_MS = 60_000;
const LONGEST_QUIET_MS = 30 * 60_000;

const seenFields = z.object({
  seenEnded: z.exactOptional(count),
  seenAtMs: z.exactOptional(count),
  quietLooks: z.exactOptional(count),
  /** When an item was last found to have ended; at first, the first look. */
  movedAtMs: z.exactOptional(count),
});

/** `stuck`: nothing has ended for so long that messages may be lost. */
type Stall = 'moving' | 'still' | 'stuck';

/** By the fourth look without a change, nothing has ended for 7 minutes: longer than any call or wait. */
const LOOKS_UNTIL_STUCK = 3;

/**
 * Whether a batch has stalled, so that all items are scanned for leases of dead workers. Scans only if nothing ended since
 * the last look, ever more rarely (1, 2, 4 … 30 minutes), because a paused batch may stand for days.
 */
export async function stallOf(effects: Pick<Effects, 'table' | 'clock'>, id: BatchId): Promise<Stall> {
  const key = openBatchKey(id);
  const row = await effects.table.get(key);
  if (row === undefined) return 'moving';
  const { seenEnded, seenAtMs = 0, quietLooks = 0 } = parseRow(seenFields, row);
  const ended = endedItems(await readProgress(effects.table, id));
  const nowMs = effects.clock.now();
  const isStill = ended === seenEnded;
  if (isStill && nowMs - seenAtMs < quietMs(quietLooks)) return 'moving';
  const moved = isStill ? {} : { movedAtMs: nowMs };
  const set = { seenEnded: ended, seenAtMs: nowMs, quietLooks: isStill ? quietLooks + 1 : 0, ...moved };
  await effects.table.write([{ kind: 'update', key, set, onlyIf: { kind: 'present' } }]);
  if (!isStill) return 'moving';
  return quietLooks < LOOKS_UNTIL_STUCK ? 'still' : 'stuck';
}

/** What is open, for the sweep of each minute, which sleeps otherwise. */
interface OpenWork {
  readonly batches: number;
  /** For how long no item of the most stalled batch has ended. */
  readonly oldestMs: number;
}

export async function readOpenWork({ table, clock }: Pick<Effects, 'table' | 'clock'>): Promise<OpenWork> {
  const nowMs = clock.now();
  let batches = 0;
  let oldestMs = 0;
  for await (const row of table.query({ pk: OPEN_BATCHES })) {
    const { movedAtMs = nowMs } = parseRow(seenFields, row);
    batches += 1;
    oldestMs = Math.max(oldestMs, nowMs - movedAtMs);
  }
  return { batches, oldestMs };
}

/** A little less than whole minutes, so that the next sweep is not too early. */
function quietMs(looks: number): number {
  return Math.min(LONGEST_QUIET_MS, FIRST_QUIET_MS * 2 ** looks) - 5_000;
}
