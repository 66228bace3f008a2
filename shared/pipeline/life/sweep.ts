import type { BatchId } from '../../domain/ids.ts';
import type { Item, Lease } from '../../domain/item/item.ts';
import { waitOf } from '../../domain/item/retry.ts';
import { itemsOf, readItem } from '../batch/batch-items.ts';
import { openBatches, readBatch } from '../batch/batches.ts';
import { workMessageOf } from '../batch/messages.ts';
import type { Effects } from '../effects.ts';
import { completeIfEnded } from '../finish/complete-batch.ts';
import { resolveLostAttempt } from '../image/claim.ts';
import { closeIfReplaced } from '../ingest/close-replaced.ts';
import { uploadMessageOf } from '../messages.ts';
import { batchPausesNow } from '../money/batch-pauses.ts';
import { readSharedBudgets } from '../money/budgets.ts';
import { closeLostReservations } from '../money/reservations.ts';
import { openIfLeft } from '../money/set-budget.ts';
import type { OutgoingMessage } from '../ports.ts';
import { readPauses } from '../rate/provider-pauses.ts';
import { cancelWaiting } from './cancel-batch.ts';
import { returnParked } from './return-parked.ts';
import { reviveIntake } from './revive-intake.ts';
import { stallOf } from './stalled.ts';

interface SweepOptions {
  /** Leases that end by then belong to dead workers. On one machine, whose only worker is about to start: all. */
  readonly leasesEndedByMs: number;
  /** What gets a message again: nothing, half-read files (harmless if another reads too), or every open item if the queue is lost. */
  readonly resend: 'none' | 'uploads' | 'all' | BatchId;
  /** Reads items of stalled batches only, for the sweep of each minute. */
  readonly onlyStalled?: boolean;
}

export interface SweepResult {
  readonly attemptsSettled: number;
  readonly messagesSent: number;
  readonly batchesCompleted: number;
}

/**
 * Recovers from crashes: dead workers' attempts, items without messages, half-read files, unmarked batches. Safe to run
 * concurrently. Goes through all batches, then throws the first error.
 */
export async function sweep(effects: Effects, options: SweepOptions): Promise<SweepResult> {
  const results: SweepResult[] = [];
  const errors: unknown[] = [];
  for await (const id of openBatches(effects.table)) {
    try {
      results.push(await sweepBatch(effects, id, options));
    } catch (error) {
      effects.log.error('a batch could not be swept', error, { batch: id });
      errors.push(error);
    }
  }
  for (const budget of await readSharedBudgets(effects.table)) await openIfLeft(effects, budget);
  const lost = await closeLostReservations(effects, options.leasesEndedByMs);
  if (lost > 0) effects.log.info('holds of lost workers closed', { holds: lost });
  if (errors.length > 0) throw errors[0];
  return results.reduce(plus, NOTHING);
}

const NOTHING: SweepResult = { attemptsSettled: 0, messagesSent: 0, batchesCompleted: 0 };

function plus(a: SweepResult, b: SweepResult): SweepResult {
  return {
    attemptsSettled: a.attemptsSettled + b.attemptsSettled,
    messagesSent: a.messagesSent + b.messagesSent,
    batchesCompleted: a.batchesCompleted + b.batchesCompleted,
  };
}

async function sweepBatch(effects: Effects, id: BatchId, options: SweepOptions): Promise<SweepResult> {
  const settled = await resolveBatch(effects, id, options);
  const resendsItems = options.resend === 'all' || options.resend === id;
  await readOnOrClose(effects, id, resendsItems || options.resend === 'uploads');
  const messagesSent = resendsItems
    ? await resendItems(effects, id)
    : (await sendWork(effects, settled.stillOpen.map(workMessageOf))) + (await returnParked(effects, id));
  // A killed command may have been finishing a batch, even if no item's lease is a dead worker's.
  const finishEndedByMs = Math.max(options.leasesEndedByMs, effects.clock.now());
  const isComplete = (await completeIfEnded(effects, id, finishEndedByMs)) === 'complete';
  return { attemptsSettled: settled.attempts, messagesSent, batchesCompleted: isComplete ? 1 : 0 };
}

interface Resolved {
  readonly attempts: number;
  /** Items to send a message again. */
  readonly stillOpen: readonly Item[];
}

const NONE_RESOLVED: Resolved = { attempts: 0, stillOpen: [] };

/** A queue's losses show only as a stall. Resends so many at a time: repeated messages are harmless, but cost a little. */
const MOST_RESENT = 1_000;

async function resolveBatch(effects: Effects, id: BatchId, options: SweepOptions): Promise<Resolved> {
  const { cancelledAt } = (await readBatch(effects.table, id)) ?? {};
  if (cancelledAt !== undefined) {
    const { attempts } = await resolveLostAttempts(effects, id, options.leasesEndedByMs, 0);
    await cancelWaiting(effects, id, cancelledAt);
    return { attempts, stillOpen: [] };
  }
  const stall = options.onlyStalled ? await stallOf(effects, id) : 'still';
  if (stall === 'moving') return NONE_RESOLVED;
  const mostWaiting = stall === 'stuck' && (await mayGoOn(effects, id)) ? MOST_RESENT : 0;
  return await resolveLostAttempts(effects, id, options.leasesEndedByMs, mostWaiting);
}

async function mayGoOn(effects: Effects, id: BatchId): Promise<boolean> {
  const pauses = await readPauses(effects, effects.models.keys());
  return pauses.length === 0 && (await batchPausesNow(effects, id)).length === 0;
}

/** Also finds up to `mostWaiting` items that lack only a message. */
async function resolveLostAttempts(
  effects: Effects,
  id: BatchId,
  endedByMs: number,
  mostWaiting: number,
): Promise<Resolved> {
  const stillOpen: Item[] = [];
  const nowMs = effects.clock.now();
  const lost: { readonly item: Item; readonly lease: Lease }[] = [];
  let waiting = 0;
  for await (const item of itemsOf(effects.table, id)) {
    if (item.state.kind === 'queued' && waitOf(item.state, nowMs) === 0 && waiting < mostWaiting) {
      stillOpen.push(item);
      waiting += 1;
    }
    const lease = lostLease(item, endedByMs);
    if (lease !== undefined) lost.push({ item, lease });
  }
  for (const { item, lease } of lost) {
    await resolveLostAttempt(effects, item, lease, { leaseEndedByMs: endedByMs, isShared: lost.length > 1 });
    const settled = await readItem(effects.table, item);
    if (settled?.state.kind === 'queued') stillOpen.push(item);
  }
  return { attempts: lost.length, stillOpen };
}

function lostLease({ state }: Item, endedByMs: number): Lease | undefined {
  return state.kind === 'working' && state.lease.untilMs <= endedByMs ? state.lease : undefined;
}

async function readOnOrClose(effects: Effects, id: BatchId, resend: boolean): Promise<void> {
  const batch = await readBatch(effects.table, id);
  if (batch?.state !== 'ingesting') return;
  if (await closeIfReplaced(effects, batch)) return;
  if (resend) await effects.ingestQueue.send([uploadMessageOf(batch)]);
  else await reviveIntake(effects, batch);
}

async function resendItems(effects: Effects, id: BatchId): Promise<number> {
  let sent = 0;
  let messages: OutgoingMessage[] = [];
  for await (const item of itemsOf(effects.table, id)) {
    if (item.state.kind === 'queued') messages.push(workMessageOf(item));
    if (messages.length < 100) continue;
    sent += await sendWork(effects, messages);
    messages = [];
  }
  return sent + (await sendWork(effects, messages));
}

async function sendWork(effects: Effects, messages: readonly OutgoingMessage[]): Promise<number> {
  if (messages.length > 0) await effects.workQueue.send(messages);
  return messages.length;
}
