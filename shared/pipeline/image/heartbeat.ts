import type { ItemRef } from '../../domain/item/item.ts';
import type { Effects } from '../effects.ts';
import type { Attempt } from '../money/attempt.ts';
import { itemKey } from '../rows/item-row.ts';
import { LEASE_MS } from './claim.ts';

/** How long a received message stays hidden from other workers; renewed while its item is in work. */
export const VISIBILITY_SECONDS = 120;
const BEAT_MS = LEASE_MS / 3;

/**
 * What one invocation holds: its messages, but for those that went back to the queue, and the attempts in progress. A settled
 * message leaves the queue only when the whole invocation ends; until then, it must not come again and be counted against.
 */
export interface WorkInProgress {
  readonly receipts: Set<string>;
  readonly attempts: Set<Attempt>;
  /** Items in hand that are not claimed yet. */
  readonly beginning: Set<ItemRef>;
}

/**
 * Hides the messages in hand for as long as a heartbeat lasts, before work on them begins: the queue's own visibility is
 * six times the function's timeout, as AWS advises, and a killed worker's messages should not wait for so long.
 */
export async function hideMessages(effects: Effects, work: WorkInProgress): Promise<void> {
  try {
    await effects.workQueue.setVisibility([...work.receipts], VISIBILITY_SECONDS);
  } catch (error) {
    effects.log.error('visibility could not be set', error, { messages: work.receipts.size });
  }
}

/**
 * Renews leases and visibility until the signal is aborted, so that a long call keeps its item, and a killed worker's items
 * start again as soon as its last lease runs out.
 */
export async function keepAlive(effects: Effects, work: WorkInProgress, signal: AbortSignal): Promise<void> {
  for (;;) {
    await effects.clock.sleep(BEAT_MS, signal);
    if (signal.aborted) return;
    await hideMessages(effects, work);
    try {
      await Promise.all(
        [...work.attempts].map((attempt) =>
          renewLease(effects, attempt, work.attempts.size + work.beginning.size - 1),
        ),
      );
    } catch (error) {
      effects.log.error('leases could not be renewed', error, { attempts: work.attempts.size });
    }
  }
}

async function renewLease(effects: Effects, attempt: Attempt, others: number): Promise<void> {
  await effects.table.write([
    {
      kind: 'update',
      key: itemKey(attempt.item),
      set: { leaseUntilMs: effects.clock.now() + LEASE_MS, leaseOthers: others },
      onlyIf: {
        kind: 'all',
        of: [
          { kind: 'equals', field: 'state', value: 'working' },
          { kind: 'equals', field: 'attempt', value: attempt.id },
        ],
      },
    },
  ]);
}
