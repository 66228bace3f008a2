import type { ItemRef } from '../../domain/item/item.ts';
import type { Effects } from '../effects.ts';
import type { Attempt } from '../money/attempt.ts';
import { itemKey } from '../rows/item-row.ts';
import { LEASE_MS } from './claim.ts';
import { isHeldBy } from './item-writes.ts';

/** How long a received message is hidden; renewed while its item is in work. */
export const VISIBILITY_SECONDS = 120;
const BEAT_MS = LEASE_MS / 3;

/** What an invocation holds: messages that it did not put back, and attempts. A finished message stays hidden until it ends. */
export interface WorkInProgress {
  /** By receipt, until when it is hidden. */
  readonly receipts: Map<string, number>;
  readonly attempts: Set<Attempt>;
  /** Items in hand, not claimed yet. */
  readonly beginning: Set<ItemRef>;
}

/** Hides messages for one heartbeat before work begins: the queue's long visibility would delay a killed worker's messages. */
export async function hideMessages(
  { workQueue, clock, log }: Effects,
  { receipts }: WorkInProgress,
  hidden: readonly string[] = [...receipts.keys()],
): Promise<void> {
  const untilMs = clock.now() + VISIBILITY_SECONDS * 1_000;
  try {
    await workQueue.setVisibility(hidden, VISIBILITY_SECONDS);
    for (const receipt of hidden) if (receipts.has(receipt)) receipts.set(receipt, untilMs);
  } catch (error) {
    log.error('visibility could not be set', error, { messages: hidden.length });
  }
}

/** Renews leases and visibility until aborted, so that a long call keeps its item. Leaves what holds until the beat after next. */
export async function keepAlive(effects: Effects, work: WorkInProgress, signal: AbortSignal): Promise<void> {
  const leases = new WeakMap<Attempt, number>();
  for (;;) {
    await effects.clock.sleep(BEAT_MS, signal);
    if (signal.aborted) return;
    const isDue = (untilMs: number) => untilMs <= effects.clock.now() + 2 * BEAT_MS;
    const due = [...work.receipts].filter(([, untilMs]) => isDue(untilMs)).map(([receipt]) => receipt);
    if (due.length > 0) await hideMessages(effects, work, due);
    const attempts = [...work.attempts].filter((attempt) =>
      isDue(leases.get(attempt) ?? attempt.startedAtMs + LEASE_MS),
    );
    const others = work.attempts.size + work.beginning.size - 1;
    try {
      await Promise.all(
        attempts.map(async (attempt) => leases.set(attempt, await renewLease(effects, attempt, others))),
      );
    } catch (error) {
      effects.log.error('leases could not be renewed', error, { attempts: attempts.length });
    }
  }
}

/** Returns when it runs out. */
async function renewLease(
  { table, clock }: Effects,
  { id, item }: Attempt,
  leaseOthers: number,
): Promise<number> {
  const leaseUntilMs = clock.now() + LEASE_MS;
  const set = { leaseUntilMs, leaseOthers };
  await table.write([{ kind: 'update', key: itemKey(item), set, onlyIf: isHeldBy(id), mayRepeat: true }]);
  return leaseUntilMs;
}
