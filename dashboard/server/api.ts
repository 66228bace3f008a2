import { parseBatchId } from '../../shared/domain/ids.ts';
import type { Item, ItemRef } from '../../shared/domain/item/item.ts';
import { readItem } from '../../shared/pipeline/batch/batch-items.ts';
import { createPlans, type Plans } from '../data/plans.ts';
import { createSnapshots, itemIn, type Snapshots } from '../data/snapshots.ts';
import { createSummaries, type Summaries } from '../data/summaries.ts';
import { openUploads, type Uploads } from '../data/uploads.ts';
import type { DashboardHost } from '../host.ts';
import { notFound } from '../problem.ts';
import { createThumbnails, type Thumbnails } from '../thumbnails/thumbnails.ts';
import type { Call } from './routes.ts';

/** What all routes share. */
export interface Api {
  readonly host: DashboardHost;
  readonly snapshots: Snapshots;
  readonly summaries: Summaries;
  readonly plans: Plans;
  readonly uploads: Uploads;
  readonly thumbnails: Thumbnails;
}

export async function openApi(host: DashboardHost): Promise<Api & { close(): Promise<void> }> {
  const snapshots = createSnapshots(host.effects, host.isLocal);
  const uploads = await openUploads();
  const thumbnails = createThumbnails(host.effects);
  return {
    host,
    snapshots,
    summaries: createSummaries(host, snapshots),
    plans: createPlans(host),
    uploads,
    thumbnails,
    close: async () => {
      thumbnails.close();
      await uploads.close();
    },
  };
}

export function batchOf({ at }: Call) {
  const id = parseBatchId(at.batch ?? '');
  if (id === undefined) throw notFound(`There is no batch ${(at.batch ?? '').slice(0, 100)}.`);
  return id;
}

export function refOf(call: Call): ItemRef {
  const [row, variant] = [call.at.row, call.at.variant].map(wholeNumber);
  if (row === undefined || variant === undefined) throw notFound('There is no such image.');
  return { batch: batchOf(call), row, variant };
}

/** An item from what is held, if that shows an image, or else from the table. */
export async function itemOf({ host, snapshots }: Api, ref: ItemRef): Promise<Item> {
  const snapshot = snapshots.peek(ref.batch);
  const known = snapshot === undefined ? undefined : itemIn(snapshot, ref.row, ref.variant);
  if (known?.state.kind === 'done' || known?.state.kind === 'reused') return known;
  const item = await readItem(host.effects.table, ref);
  if (item === undefined) throw notFound('There is no such image.');
  return item;
}

export function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
}
