import { type Batch, endedItems } from '../../domain/batch/batch.ts';
import { findModel } from '../../domain/calls/models.ts';
import type { BatchId } from '../../domain/ids.ts';
import { type Item, type ItemImage, imageOf } from '../../domain/item/item.ts';
import { itemsOf } from '../batch/batch-items.ts';
import { readBatch } from '../batch/batches.ts';
import type { Effects } from '../effects.ts';
import { batchPausesNow } from '../money/batch-pauses.ts';
import { readPauses } from '../rate/provider-pauses.ts';
import { createRecentlyRead, type RecentlyRead } from '../recently-read.ts';
import type { BatchPause } from '../rows/batch-pause-row.ts';
import { readProgress } from '../rows/progress-row.ts';
import { allModelsOf, type ProviderPause } from '../rows/provider-pause-row.ts';
import { collectNotices } from './notices.ts';

type Reader = Pick<Effects, 'table' | 'models' | 'clock'>;

/** What stops a batch: the provider for all, or something for this batch alone. */
export type StatusPause = ({ readonly by: 'provider' } & ProviderPause) | BatchPause;

/** A batch's state from its counters: cheap at any size. */
export interface BatchStatus {
  readonly batch: BatchId;
  readonly state: Batch['state'] | 'paused' | 'cancelling';
  readonly items: {
    readonly done: number;
    readonly reused: number;
    readonly failed: number;
    readonly cancelled: number;
    readonly pending: number;
  };
  readonly rejected: number;
  readonly creditsMicro: number;
  readonly creditsMaxUnknownMicro: number;
  readonly problem?: string;
  /** What stops it, or the items of some models. */
  readonly pauses?: readonly StatusPause[];
}

/** A batch's status with every image and failure: `run --json` prints it. */
export interface BatchResult extends BatchStatus {
  readonly images: readonly ImageLine[];
  readonly failures: readonly FailureLine[];
}

interface ImageLine {
  readonly row: number;
  readonly variant: number;
  readonly file: string;
  readonly sha256: string;
  readonly type: string;
  readonly width: number;
  readonly height: number;
  readonly creditsMicro: number;
  /** The response's text beside the image. */
  readonly text?: string;
  /** Something for you to check. */
  readonly notice?: string;
}

export interface FailureLine {
  readonly row: number;
  readonly variant: number;
  readonly code: string;
  readonly message: string;
}

/** Undefined if there is no such batch. */
export async function batchStatus(effects: Reader, id: BatchId): Promise<BatchStatus | undefined> {
  const batch = await readBatch(effects.table, id);
  if (batch === undefined) return undefined;
  const progress = await readProgress(effects.table, id);
  const { creditsMicro, creditsMaxUnknownMicro, ...ended } = progress;
  const isOpen = batch.state === 'ingesting' || batch.state === 'running';
  const isCancelling = isOpen && batch.cancelledAt !== undefined;
  const pauses = isOpen && !isCancelling ? await readStatusPauses(effects, id) : [];
  const isPaused = pauses.length > 0 && !(await hasUnpausedItems(effects, batch, pauses));
  return {
    batch: id,
    state: isCancelling ? 'cancelling' : isPaused ? 'paused' : batch.state,
    items: { ...ended, pending: Math.max(0, (batch.items ?? 0) - endedItems(progress)) },
    rejected: batch.rejected ?? 0,
    creditsMicro,
    creditsMaxUnknownMicro,
    ...(batch.problem === undefined ? {} : { problem: batch.problem }),
    ...(pauses.length === 0 ? {} : { pauses }),
  };
}

async function readStatusPauses(effects: Reader, id: BatchId): Promise<StatusPause[]> {
  const provider = await readPauses(effects, effects.models.keys());
  return [
    ...provider.map((pause) => ({ by: 'provider' as const, ...pause })),
    ...(await batchPausesNow(effects, id)),
  ];
}

/** Whether items are open whose model nothing stops. */
async function hasUnpausedItems(
  effects: Reader,
  batch: Batch,
  pauses: readonly StatusPause[],
): Promise<boolean> {
  const stopped = new Set<string>();
  for (const pause of pauses) {
    if (pause.by !== 'provider' || pause.code === 'person') return false;
    stopped.add(pause.model);
  }
  const free = [...effects.models.values()]
    .filter(({ model, provider }) => !stopped.has(model) && !stopped.has(allModelsOf(provider)))
    .map(({ model }) => model);
  if (free.length === 0) return false;
  if (batch.state === 'ingesting') return true;
  return await hasItemsOf(effects, batch.id, free);
}

/** How long a status believes this: finding out may read all items. */
const OPEN_ITEMS_FRESH_MS = 2_000;
/** By table, then by models. */
const openItems = new WeakMap<Reader['table'], Map<string, RecentlyRead<BatchId, boolean>>>();

async function hasItemsOf(effects: Reader, id: BatchId, models: readonly string[]): Promise<boolean> {
  const byModels = openItems.get(effects.table) ?? new Map<string, RecentlyRead<BatchId, boolean>>();
  openItems.set(effects.table, byModels);
  const recent =
    byModels.get(models.join()) ??
    createRecentlyRead(effects.clock, OPEN_ITEMS_FRESH_MS, (batch) => findOpen(effects, batch, models));
  byModels.set(models.join(), recent);
  return await recent.current(id);
}

async function findOpen(effects: Reader, id: BatchId, models: readonly string[]): Promise<boolean> {
  for await (const { state, settings } of itemsOf(effects.table, id)) {
    const isOpen = state.kind === 'queued' || state.kind === 'working';
    const model = isOpen ? findModel(effects.models, settings.model)?.model : undefined;
    if (model !== undefined && models.includes(model)) return true;
  }
  return false;
}

type FileOf = (item: Item, image: ItemImage) => string;

/** The status with images and failures; `fileOf` names an image by key or path. */
export async function batchResult(
  effects: Reader,
  id: BatchId,
  fileOf: FileOf = (_, image) => image.key,
  items: AsyncIterable<Item> = itemsOf(effects.table, id),
): Promise<BatchResult | undefined> {
  const status = await batchStatus(effects, id);
  if (status === undefined) return undefined;
  const notices = collectNotices();
  const images: { line: ImageLine; row: number; variant: number; state: Item['state'] }[] = [];
  const failures: FailureLine[] = [];
  for await (const item of items) {
    const image = imageOf(item);
    const { row, variant, state } = item;
    notices.add(item);
    if (image !== undefined) images.push({ line: imageLine(item, image, fileOf), row, variant, state });
    if (state.kind === 'failed') failures.push(failureLine(item, state));
  }
  return { ...status, images: images.map((image) => withNotice(image.line, notices.of(image))), failures };
}

function withNotice(line: ImageLine, notice: string | undefined): ImageLine {
  return notice === undefined ? line : { ...line, notice };
}

function imageLine(item: Item, image: ItemImage, fileOf: FileOf): ImageLine {
  const { sha256, type, width, height, text } = image;
  const { row, variant, creditsMicro } = item;
  const file = fileOf(item, image);
  return {
    row,
    variant,
    file,
    sha256,
    type,
    width,
    height,
    creditsMicro,
    ...(text && { text }),
  };
}

function failureLine(item: Item, state: Extract<Item['state'], { kind: 'failed' }>): FailureLine {
  return { row: item.row, variant: item.variant, code: state.code, message: state.message };
}
