import pLimit from 'p-limit';
import { usdPerCreditOf } from '../../shared/domain/configuration/credit-rate.ts';
import type { BatchId } from '../../shared/domain/ids.ts';
import { FAILURE_ADVICE } from '../../shared/domain/item/failure-advice.ts';
import { type Item, imageOf } from '../../shared/domain/item/item.ts';
import { costText } from '../../shared/domain/money/money-text.ts';
import { itemsOf } from '../../shared/pipeline/batch/batch-items.ts';
import { readBatch } from '../../shared/pipeline/batch/batches.ts';
import { readPicked } from '../../shared/pipeline/batch/marks.ts';
import type { Effects } from '../../shared/pipeline/effects.ts';
import { batchStatus } from '../../shared/pipeline/finish/batch-status.ts';
import { nameOf } from '../data/summaries.ts';
import { readOriginal } from '../thumbnails/original.ts';
import { createThumbnailWorker, type ThumbnailWorker } from '../thumbnails/worker.ts';
import { type SheetCell, type SheetGroup, sheetPage } from './sheet-page.ts';

export interface SheetOptions {
  readonly columns: number;
  readonly picked: boolean;
  /** `row`, `model`, `tag:NAME`, or none. */
  readonly groupBy: string | undefined;
  readonly cost: boolean;
  /** All files of the sheet together stay below so many bytes for 500 images; more images, more files. */
  readonly mostBytes: number;
}

interface SheetFile {
  readonly name: string;
  readonly html: string;
}

export interface ContactSheet {
  readonly files: readonly SheetFile[];
  readonly images: number;
  /** The long edge that the pictures were scaled to. */
  readonly edge: number;
  readonly bytes: number;
}

const EDGES = [640, 480, 360, 256, 192, 128] as const;
/** Base64 and what stands around a picture. */
const OVERHEAD = 1.37;
const SAMPLES = 12;
/** Measured on few, applied to all. */
const SAFETY = 0.9;
const MOST_ON_PAGE = 2_000;
const AT_ONCE = 2;

type Reader = Pick<Effects, 'table' | 'store' | 'models' | 'clock' | 'providers'>;
type PictureReader = Pick<Effects, 'store'> & { readonly worker: ThumbnailWorker };

/** A batch's images as pages without script or network; undefined without the batch. Scales pictures in another process. */
export async function contactSheet(
  effects: Reader,
  id: BatchId,
  options: SheetOptions,
): Promise<ContactSheet | undefined> {
  const worker = createThumbnailWorker();
  try {
    return await makeSheet({ ...effects, worker }, id, options);
  } finally {
    worker.close();
  }
}

async function makeSheet(
  effects: Reader & PictureReader,
  id: BatchId,
  options: SheetOptions,
): Promise<ContactSheet | undefined> {
  const batch = await readBatch(effects.table, id);
  const status = await batchStatus(effects, id);
  if (batch === undefined || status === undefined) return undefined;
  const picked = await readPicked(effects.table, id);
  const { shown, failed } = await itemsFor(effects, id, options.picked ? picked : undefined);
  const edge = await edgeFor(effects, shown, options.mostBytes);
  const pages = chunks(shown, MOST_ON_PAGE);
  const title = nameOf(batch);
  const credits = costText(status.creditsMicro, usdPerCreditOf(effects));
  const facts = [
    id,
    batch.createdAt.slice(0, 10),
    `${shown.length} images`,
    ...(failed.length > 0 ? [`${failed.length} failed`] : []),
    `${picked.size} picked`,
    ...(options.cost ? [credits] : []),
  ];
  const names = pages.map((_, nth) => (nth === 0 ? 'contact-sheet.html' : `contact-sheet-${nth + 1}.html`));
  const files: SheetFile[] = [];
  for (const [nth, items] of pages.entries()) {
    const cells = await cellsOf(effects, items, picked, edge, options.cost);
    const links = pages.length === 1 ? [] : names.map((href, other) => ({ href, text: `part ${other + 1}` }));
    const failures = nth === pages.length - 1 ? failed.map(failureOf) : [];
    const groups = grouped(items, cells, options.groupBy);
    const html = sheetPage({ title, facts, columns: options.columns, groups, failures, links });
    files.push({ name: names[nth] ?? 'contact-sheet.html', html });
  }
  const bytes = files.reduce((sum, { html }) => sum + Buffer.byteLength(html), 0);
  return { files, images: shown.length, edge, bytes };
}

async function itemsFor(effects: Reader, id: BatchId, picked: ReadonlySet<string> | undefined) {
  const shown: Item[] = [];
  const failed: Item[] = [];
  for await (const item of itemsOf(effects.table, id)) {
    if (picked !== undefined && !picked.has(`${item.row}/${item.variant}`)) continue;
    if (imageOf(item) !== undefined) shown.push(item);
    else if (item.state.kind === 'failed') failed.push(item);
  }
  return { shown, failed };
}

/** The largest long edge at which all pictures fit, judged by some of them. */
async function edgeFor(effects: PictureReader, items: readonly Item[], mostBytes: number): Promise<number> {
  const perPage = Math.min(items.length, MOST_ON_PAGE);
  if (perPage === 0) return EDGES[0];
  const budget = (mostBytes / perPage / OVERHEAD) * SAFETY;
  const step = Math.max(1, Math.floor(items.length / SAMPLES));
  const samples = items.filter((_, nth) => nth % step === 0).slice(0, SAMPLES);
  for (const edge of EDGES) {
    const sizes = await Promise.all(
      samples.map(async (item) => (await picture(effects, item, edge))?.byteLength ?? 0),
    );
    const mean = sizes.reduce((sum, size) => sum + size, 0) / Math.max(1, sizes.length);
    if (mean <= budget) return edge;
  }
  return EDGES.at(-1) ?? 128;
}

async function cellsOf(
  effects: PictureReader,
  items: readonly Item[],
  picked: ReadonlySet<string>,
  edge: number,
  withCost: boolean,
): Promise<SheetCell[]> {
  const limit = pLimit(AT_ONCE);
  return await Promise.all(
    items.map((item) =>
      limit(async () => {
        const webp = await picture(effects, item, edge);
        const image = imageOf(item);
        const { row, variant, fileName: name, prompt, creditsMicro } = item;
        return {
          row,
          variant,
          name,
          prompt,
          picked: picked.has(`${row}/${variant}`),
          cost: withCost ? costText(creditsMicro, undefined) : undefined,
          width: image?.width ?? 1,
          height: image?.height ?? 1,
          picture: webp === undefined ? undefined : `data:image/webp;base64,${webp.toString('base64')}`,
        };
      }),
    ),
  );
}

async function picture(
  { store, worker }: PictureReader,
  item: Item,
  edge: number,
): Promise<Buffer | undefined> {
  const key = imageOf(item)?.key;
  const original = key === undefined ? undefined : await readOriginal(store, key);
  if (original === undefined) return undefined;
  return (await worker.make(original, edge).catch(() => undefined))?.webp;
}

function failureOf({ row, variant, fileName, state }: Item) {
  const reason =
    state.kind === 'failed' ? `${FAILURE_ADVICE[state.code].title}: ${state.message}` : state.kind;
  return { where: `${row}/${variant}`, name: fileName, reason };
}

function grouped(items: readonly Item[], cells: readonly SheetCell[], by: string | undefined): SheetGroup[] {
  if (by === undefined) return [{ title: undefined, cells }];
  const groups = new Map<string, SheetCell[]>();
  for (const [nth, cell] of cells.entries()) {
    const item = items[nth];
    const title = item === undefined ? '' : groupTitle(item, by);
    const known = groups.get(title);
    if (known === undefined) groups.set(title, [cell]);
    else known.push(cell);
  }
  return [...groups].map(([title, each]) => ({ title, cells: each }));
}

function groupTitle(item: Item, by: string): string {
  if (by === 'row') return `${item.row}  ${item.prompt.slice(0, 120)}`;
  if (by === 'model') return item.settings.model;
  return item.tags[by.slice('tag:'.length)] ?? '(none)';
}

function chunks(items: readonly Item[], size: number): Item[][] {
  const parts: Item[][] = [];
  for (let first = 0; first < items.length; first += size) parts.push(items.slice(first, first + size));
  return parts.length === 0 ? [[]] : parts;
}
