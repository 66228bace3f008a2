import type { BatchId } from '../domain/ids.ts';
import type { Item, Lease } from '../domain/item.ts';
import { itemsOf } from './batch-items.ts';
import { openBatches, readBatch } from './batches.ts';
import { settleLostAttempt } from './claim.ts';
import { completeIfEnded } from './complete-batch.ts';
import type { Effects } from './effects.ts';
import { uploadMessageOf, workMessageOf } from './messages.ts';
import type { OutgoingMessage } from './ports.ts';
import { itemKey, rowToItem } from './rows/item-row.ts';

export interface SweepOptions {
  /**
   * Leases that run out by then are taken as those of dead workers. On one machine, whose only worker is about to
   * start, that is the end of time.
   */
  readonly leasesEndedByMs: number;
  /** Which batches' queued items get a message: where the queue was lost, as the local stage's in-memory queue is. */
  readonly resend: 'none' | 'all' | BatchId;
}

export interface SweepResult {
  readonly attemptsSettled: number;
  readonly messagesSent: number;
  readonly batchesCompleted: number;
}

/**
 * Puts right what a crash left behind: attempts of dead workers are settled, items without a message get one, files
 * half read are read on, and batches that are over but unmarked are completed. Safe to run twice or side by side.
 */
export async function sweep(effects: Effects, options: SweepOptions): Promise<SweepResult> {
  let attemptsSettled = 0;
  let messagesSent = 0;
  let batchesCompleted = 0;
  for await (const id of openBatches(effects.table)) {
    const settled = await settleLostAttempts(effects, id, options.leasesEndedByMs);
    attemptsSettled += settled.length;
    messagesSent +=
      options.resend === 'all' || options.resend === id
        ? await resendAll(effects, id)
        : await sendWork(effects, settled.map(workMessageOf));
    if ((await completeIfEnded(effects, id)) === 'complete') batchesCompleted += 1;
  }
  return { attemptsSettled, messagesSent, batchesCompleted };
}

async function settleLostAttempts(effects: Effects, id: BatchId, endedByMs: number): Promise<Item[]> {
  const settled: Item[] = [];
  for await (const item of itemsOf(effects.table, id)) {
    const lease = lostLease(item, endedByMs);
    if (lease === undefined) continue;
    await settleLostAttempt(effects, item, lease, endedByMs);
    const row = await effects.table.get(itemKey(item));
    if (row !== undefined && rowToItem(row).state.kind === 'queued') settled.push(item);
  }
  return settled;
}

function lostLease({ state }: Item, endedByMs: number): Lease | undefined {
  return state.kind === 'working' && state.lease.untilMs <= endedByMs ? state.lease : undefined;
}

async function resendAll(effects: Effects, id: BatchId): Promise<number> {
  const batch = await readBatch(effects.table, id);
  if (batch?.state === 'ingesting') await effects.ingestQueue.send([uploadMessageOf(batch)]);
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
