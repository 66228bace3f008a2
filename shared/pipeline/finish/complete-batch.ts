import { type Batch, endedItems } from '../../domain/batch/batch.ts';
import type { BatchId } from '../../domain/ids.ts';
import { closeBatch, readBatch } from '../batch/batches.ts';
import type { Effects } from '../effects.ts';
import { isoTime } from '../money/attempt.ts';
import type { Condition } from '../ports.ts';
import { batchKey } from '../rows/batch-row.ts';
import { readProgress } from '../rows/progress-row.ts';
import { writeBatchFiles } from './manifest.ts';

/** How long a worker may finish a batch without renewing its lease. */
export const FINISHING_LEASE_MS = 20_000;
const RENEW_MS = FINISHING_LEASE_MS / 4;

/**
 * Completes a batch whose last item has ended, and writes its manifest. Of many callers exactly one does; if it dies, a
 * later one (I7). A finisher whose lease runs out by `leaseEndedByMs` counts as dead.
 */
export async function completeIfEnded(
  effects: Pick<Effects, 'table' | 'store' | 'models' | 'clock' | 'notify'>,
  id: BatchId,
  leaseEndedByMs = effects.clock.now(),
): Promise<'complete' | 'open'> {
  const batch = await readBatch(effects.table, id);
  if (batch?.state === 'complete') return 'complete';
  if (batch?.state === 'refused') return await closeRefused(effects, batch);
  if (batch?.state !== 'running' && batch?.state !== 'finishing') return 'open';
  if (!(await hasEnded(effects, batch))) return 'open';
  const claimed = await claimFinishing(effects, id, leaseEndedByMs);
  if (claimed === undefined) return 'open';
  // Items may have been requeued; from here on, none can be.
  if (!(await hasEnded(effects, batch))) return await giveFinishingBack(effects, id, claimed);

  const lease = await whileRenewed(effects, id, claimed, () => writeBatchFiles(effects, id));
  const result = await effects.table.write([
    {
      kind: 'update',
      key: batchKey(id),
      set: { state: 'complete', completedAt: isoTime(effects.clock.now()), finishUntilMs: undefined },
      onlyIf: isLeaseOf(lease),
    },
    closeBatch(id),
  ]);
  if (result.kind === 'refused') return 'open';
  effects.notify({ kind: 'batch-complete', batch: id });
  return 'complete';
}

/** Identified by its end: whoever takes over, or renews, writes a later one. */
interface FinishingLease {
  readonly untilMs: number;
}

function isLeaseOf({ untilMs }: FinishingLease): Condition {
  return {
    kind: 'all',
    of: [
      { kind: 'equals', field: 'state', value: 'finishing' },
      { kind: 'equals', field: 'finishUntilMs', value: untilMs },
    ],
  };
}

/** Renews the lease meanwhile: a million items take minutes. Returns the last one. */
async function whileRenewed(
  effects: Pick<Effects, 'table' | 'clock'>,
  id: BatchId,
  first: FinishingLease,
  act: () => Promise<void>,
): Promise<FinishingLease> {
  const ended = new AbortController();
  let lease = first;
  const renewing = (async () => {
    for (;;) {
      await effects.clock.sleep(RENEW_MS, ended.signal);
      if (ended.signal.aborted) return;
      const next = await writeLease(effects, id, isLeaseOf(lease));
      if (next === undefined) return;
      lease = next;
    }
  })().catch(() => undefined);
  try {
    await act();
  } finally {
    ended.abort();
    await renewing;
  }
  return lease;
}

/** A file refused after partial ingest is finished when its calls are. */
async function closeRefused({ table }: Pick<Effects, 'table'>, batch: Batch): Promise<'open'> {
  if (await hasEnded({ table }, batch)) await table.write([closeBatch(batch.id)]);
  return 'open';
}

async function hasEnded({ table }: Pick<Effects, 'table'>, { id, items }: Batch): Promise<boolean> {
  return items !== undefined && endedItems(await readProgress(table, id)) >= items;
}

async function giveFinishingBack(
  { table }: Pick<Effects, 'table'>,
  id: BatchId,
  lease: FinishingLease,
): Promise<'open'> {
  const set = { state: 'running', finishUntilMs: undefined };
  await table.write([{ kind: 'update', key: batchKey(id), set, onlyIf: isLeaseOf(lease) }]);
  return 'open';
}

async function claimFinishing(
  effects: Pick<Effects, 'table' | 'clock'>,
  id: BatchId,
  leaseEndedByMs: number,
): Promise<FinishingLease | undefined> {
  const isFree: Condition = {
    kind: 'any',
    of: [
      { kind: 'equals', field: 'state', value: 'running' },
      {
        kind: 'all',
        of: [
          { kind: 'equals', field: 'state', value: 'finishing' },
          { kind: 'atMost', field: 'finishUntilMs', value: leaseEndedByMs },
        ],
      },
    ],
  };
  return await writeLease(effects, id, isFree);
}

async function writeLease(
  { table, clock }: Pick<Effects, 'table' | 'clock'>,
  id: BatchId,
  onlyIf: Condition,
): Promise<FinishingLease | undefined> {
  const untilMs = clock.now() + FINISHING_LEASE_MS;
  const set = { state: 'finishing', finishUntilMs: untilMs };
  const result = await table.write([{ kind: 'update', key: batchKey(id), set, onlyIf }]);
  return result.kind === 'written' ? { untilMs } : undefined;
}
