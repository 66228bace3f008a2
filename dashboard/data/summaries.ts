import type { Batch } from '../../shared/domain/batch/batch.ts';
import type { BatchId } from '../../shared/domain/ids.ts';
import { type Item, imageOf } from '../../shared/domain/item/item.ts';
import { uploadName } from '../../shared/domain/item/object-keys.ts';
import { newestBatches, openBatches, readBatch } from '../../shared/pipeline/batch/batches.ts';
import { readMarks } from '../../shared/pipeline/batch/marks.ts';
import { type BatchStatus, batchStatus } from '../../shared/pipeline/finish/batch-status.ts';
import { waitingUpload } from '../../shared/pipeline/finish/waiting-upload.ts';
import type { BatchSummary } from '../api/batch.ts';
import type { DashboardHost } from '../host.ts';
import { endedSeconds, sha8Of } from './batch-index.ts';
import { createRates } from './rates.ts';
import type { Snapshot, Snapshots } from './snapshots.ts';
import { waitsOf } from './waits.ts';

const COVER = 6;
/** Items of larger batches are not waited for: pages hear of them once they are read. */
const FEW_ITEMS = 1_000;

export type Summaries = ReturnType<typeof createSummaries>;

/** Batches as the first page shows them: one read and a few queries each. */
export function createSummaries(host: DashboardHost, snapshots: Snapshots) {
  const rates = createRates(host.effects.clock.now);

  async function one(id: BatchId, waits = false): Promise<BatchSummary | undefined> {
    const { effects } = host;
    const [batch, status] = await Promise.all([readBatch(effects.table, id), batchStatus(effects, id)]);
    if (batch === undefined || status === undefined) return await unread(host, id);
    // Items are read for what is open; what has ended shows its images when its page is opened.
    const isRead = isOpen(status) && (waits || (batch.items ?? 0) <= FEW_ITEMS);
    const snapshot = isRead ? await snapshots.latest(id) : snapshots.peek(id);
    const marks = await readMarks(effects.table, id);
    return {
      batch: id,
      name: nameOf(batch),
      createdAt: batch.createdAt,
      endedAt: batch.completedAt ?? null,
      state: status.state,
      ...progressOf(batch, status, snapshot),
      rejected: status.rejected,
      picked: marks.filter(({ mark }) => mark === 'picked').length,
      creditsMicro: status.creditsMicro,
      creditsMaxUnknownMicro: status.creditsMaxUnknownMicro,
      ...(status.problem === undefined ? {} : { problem: status.problem }),
      waits: await waitsOf(host, status),
      cover: snapshot === undefined ? [] : coverOf(snapshot),
    };
  }

  function progressOf(batch: Batch, status: BatchStatus, snapshot: Snapshot | undefined) {
    const { pending, ...counts } = status.items;
    const { done, reused, failed, cancelled } = counts;
    if (!isOpen(status)) {
      return { items: { ...counts, working: 0, pending }, perMinute: 0, secondsLeft: null };
    }
    const working = Math.min(pending, workingIn(snapshot));
    const perMinute = rates.perMinute(batch.id, done + reused + failed + cancelled);
    const isKnown = perMinute > 0 && batch.items !== undefined;
    return {
      items: { ...counts, working, pending: pending - working },
      perMinute: Math.round(perMinute * 10) / 10,
      secondsLeft: isKnown ? Math.round((pending / perMinute) * 60) : null,
    };
  }

  /** All that are not finished, with what is being worked on. */
  async function open(): Promise<BatchSummary[]> {
    const ids: BatchId[] = [];
    for await (const id of openBatches(host.effects.table)) ids.push(id);
    const found = await Promise.all(ids.map((id) => one(id, true)));
    return found.filter((each) => each !== undefined).sort(newestFirst);
  }

  /** A page of all batches, the newest first; `before` is the `next` of the page before. */
  async function page(before: string | undefined, limit: number) {
    const { ids, next } = await idsAfter(host, before, limit);
    const found = await Promise.all(ids.map((id) => one(id)));
    return { batches: found.filter((each) => each !== undefined), next };
  }

  return { one, open, page };
}

async function idsAfter({ effects }: DashboardHost, before: string | undefined, limit: number) {
  const ids: BatchId[] = [];
  let passed = before === undefined;
  for await (const id of newestBatches(effects.table)) {
    if (passed && ids.length === limit) return { ids, next: ids.at(-1) ?? null };
    if (passed) ids.push(id);
    else passed = id === before;
  }
  return { ids, next: null };
}

function isOpen({ state }: BatchStatus): boolean {
  return state !== 'complete' && state !== 'refused';
}

/** A batch whose file no worker has read yet. */
async function unread(
  { effects, isWorkedOn, flag }: DashboardHost,
  id: BatchId,
): Promise<BatchSummary | undefined> {
  const upload = await waitingUpload(effects, id);
  if (upload === undefined) return undefined;
  const { images: _, failures: __, pauses: ___, ...status } = upload;
  const isWaiting = !(await isWorkedOn());
  return {
    ...status,
    name: id,
    createdAt: new Date(effects.clock.now()).toISOString(),
    endedAt: null,
    items: { ...status.items, working: 0 },
    picked: 0,
    perMinute: 0,
    secondsLeft: null,
    waits: isWaiting
      ? [{ kind: 'nobody', text: 'No worker is running', doThis: `pressrun worker${flag}` }]
      : [],
    cover: [],
  };
}

/** What users call a batch: its name, or the file's. */
export function nameOf({ options, key }: Batch): string {
  return options.name ?? uploadName(key).replace(/\.[a-z0-9]+$/, '');
}

function workingIn(snapshot: Snapshot | undefined): number {
  return snapshot?.items.filter(({ state }) => state.kind === 'working').length ?? 0;
}

function coverOf({ items }: Snapshot): BatchSummary['cover'] {
  const made = items.filter((item: Item) => imageOf(item) !== undefined);
  const latest = made.toSorted((a, b) => endedSeconds(b) - endedSeconds(a)).slice(0, COVER);
  return latest.map((item) => {
    const { row, variant, fileName: name } = item;
    return { row, variant, sha8: sha8Of(item), name };
  });
}

function newestFirst(a: BatchSummary, b: BatchSummary): number {
  return a.createdAt < b.createdAt ? 1 : -1;
}
