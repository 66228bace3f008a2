import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { type Batch, type BatchState, DEFAULT_BATCH_OPTIONS } from '../../../shared/domain/batch/batch.ts';
import { findModel } from '../../../shared/domain/calls/models.ts';
import { type BatchId, parseAttemptId, parseBatchId } from '../../../shared/domain/ids.ts';
import { contentHash } from '../../../shared/domain/item/content.ts';
import type { ItemImage, ItemSpec, ItemState } from '../../../shared/domain/item/item.ts';
import { closeBatch, createBatch } from '../../../shared/pipeline/batch/batches.ts';
import type { Effects } from '../../../shared/pipeline/effects.ts';
import { batchToRow } from '../../../shared/pipeline/rows/batch-row.ts';
import { newItemRow, stateFields } from '../../../shared/pipeline/rows/item-row.ts';
import { addProgress } from '../../../shared/pipeline/rows/progress-row.ts';
import { shardOfRow } from '../../../shared/pipeline/rows/shards.ts';

/** A batch whose items are as they would be in the midst of a run, or after it: made up, for pages to show. */
interface Stock {
  readonly id: string;
  readonly name: string;
  readonly rows: number;
  readonly variants: number;
  readonly state: BatchState;
  readonly createdAt: string;
  readonly stateOf?: (row: number, variant: number) => ItemState['kind'];
}

const FLASH = 'gemini-3.1-flash-image-preview';
const PRO = 'gemini-3-pro-image-preview';
const CITIES = [
  'Lisbon',
  'Kyoto',
  'Reykjavík',
  'Marrakesh',
  'Vancouver',
  'Tallinn',
  'Hanoi',
  'Bergen',
  'Oaxaca',
];
const SEASONS = ['spring', 'summer', 'autumn', 'winter'];
const PRICES: Readonly<Record<string, number>> = { [FLASH]: 68_358_500, [PRO]: 268_840_000 };

interface Drawn {
  readonly bytes: Buffer;
  readonly width: number;
  readonly height: number;
}

/** Landscapes of two hills and a sun, each of its own colors; drawn once and shared by many items. */
export async function drawScenes(count: number): Promise<Drawn[]> {
  return await Promise.all(Array.from({ length: count }, (_, nth) => drawScene(nth)));
}

async function drawScene(nth: number): Promise<Drawn> {
  const [width, height] = nth % 17 === 5 ? [848, 1264] : nth % 23 === 7 ? [1024, 1024] : [1264, 848];
  const hue = (nth * 47) % 360;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}">
    <defs><linearGradient id="s" x2="0" y2="1"><stop stop-color="hsl(${hue} 55% 48%)"/><stop offset="1" stop-color="hsl(${hue + 30} 60% 74%)"/></linearGradient></defs>
    <rect width="100%" height="100%" fill="url(#s)"/>
    <circle cx="${width * (0.3 + ((nth * 31) % 50) / 100)}" cy="${height * 0.26}" r="${height * 0.1}" fill="hsl(${hue + 60} 90% 88%)"/>
    <path d="M0 ${height * 0.7}Q${width * 0.35} ${height * 0.45} ${width} ${height * 0.72}V${height}H0z" fill="hsl(${hue + 150} 35% 40%)"/>
    <path d="M0 ${height * 0.85}Q${width * 0.6} ${height * 0.55} ${width} ${height * 0.8}V${height}H0z" fill="hsl(${hue + 190} 35% 28%)"/></svg>`;
  return { bytes: await sharp(Buffer.from(svg)).png().toBuffer(), width, height };
}

/** Writes a batch with its items and images into a stage. */
export async function stockBatch(
  effects: Pick<Effects, 'table' | 'store' | 'models' | 'clock'>,
  stock: Stock,
  scenes: readonly Drawn[],
): Promise<BatchId> {
  const id = parseBatchId(stock.id);
  if (id === undefined) throw new Error(`not a batch id: ${stock.id}`);
  const images = await putScenes(effects, id, scenes);
  const items = stock.rows * stock.variants;
  const batch: Batch = {
    id,
    state: 'running',
    key: `uploads/${stock.id}.csv`,
    version: '1',
    options: { ...DEFAULT_BATCH_OPTIONS, name: stock.name, template: 'A postcard of {{city}} in {{season}}' },
    createdAt: stock.createdAt,
    items,
    rejected: 0,
  };
  await createBatch(effects.table, batch);
  for (let row = 1; row <= stock.rows; row += 1) {
    for (let variant = 1; variant <= stock.variants; variant += 1) {
      await stockItem(effects, id, row, variant, (stock.stateOf ?? usualState)(row, variant), images);
    }
  }
  if (stock.state === 'complete') {
    await effects.table.write([
      { kind: 'put', row: batchToRow({ ...batch, state: 'complete', completedAt: stock.createdAt }) },
      closeBatch(id),
    ]);
  }
  return id;
}

function usualState(row: number, variant: number): ItemState['kind'] {
  if (row === 2 && variant === 4) return 'failed';
  if (row % 41 === 0) return 'failed';
  if (row % 29 === 0 && variant === 1) return 'reused';
  if (row % 103 === 0) return 'cancelled';
  return 'done';
}

async function putScenes(
  { store }: Pick<Effects, 'store'>,
  id: BatchId,
  scenes: readonly Drawn[],
): Promise<ItemImage[]> {
  return await Promise.all(
    scenes.map(async ({ bytes, width, height }, nth) => {
      const key = `images/${id}/scene-${nth}.png`;
      await store.put(key, bytes, { contentType: 'image/png' });
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      return { key, sha256, bytes: bytes.byteLength, type: 'image/png', width, height, extras: [] };
    }),
  );
}

async function stockItem(
  { table, models, clock }: Pick<Effects, 'table' | 'models' | 'clock'>,
  batch: BatchId,
  row: number,
  variant: number,
  kind: ItemState['kind'],
  images: readonly ItemImage[],
): Promise<void> {
  const model = variant % 2 === 0 ? FLASH : PRO;
  const profile = findModel(models, model);
  if (profile === undefined) throw new Error(`there is no model ${model}`);
  const spec = specOf(row, variant, model);
  const image = images[(row * 7 + variant * 3) % images.length];
  const content = contentHash({
    prompt: spec.prompt,
    settings: spec.settings,
    profile,
    references: [],
    occurrence: variant,
  });
  const attempt = parseAttemptId(`attempt-${row}-${variant}`);
  if (image === undefined || attempt === undefined) throw new Error('nothing to stock');
  const nowMs = clock.now();
  const state = stateOfKind(kind, { image, batch, row, variant, attempt, nowMs });
  const isDone = kind === 'done';
  const creditsMicro = isDone ? (PRICES[model] ?? 0) + row : 0;
  const at = new Date(nowMs - 86_400_000 + row * 1_000).toISOString();
  const notes =
    isDone || kind === 'failed'
      ? [{ attempt, at, outcome: isDone ? 'image' : 'blocked', workMs: 14_200 }]
      : [];
  await table.write([
    {
      kind: 'put',
      row: {
        ...newItemRow({ id: batch }, spec, content, { kind: 'queued', notBeforeMs: 0 }),
        ...stateFields(state),
        creditsMicro,
        attempts: notes,
      },
    },
    addProgress(batch, shardOfRow(row), {
      ...(kind === 'done' || kind === 'failed' || kind === 'reused' || kind === 'cancelled'
        ? { [kind]: 1 }
        : {}),
      creditsMicro,
    }),
  ]);
}

function specOf(row: number, variant: number, model: string): ItemSpec {
  const city = CITIES[(row - 1) % CITIES.length] ?? '';
  const season = SEASONS[Math.floor((row - 1) / CITIES.length) % SEASONS.length] ?? '';
  return {
    row,
    variant,
    fileName: `${city}-in-${season}-v${variant}`,
    prompt: `A postcard of ${city} in ${season}, gouache on textured paper, laundry between the balconies`,
    settings: { model, aspectRatio: '3:2', imageSize: '1K' },
    references: [],
    tags: { campaign: row % 2 === 0 ? 'spring' : 'print' },
    columns: { city, season },
  };
}

interface Facts {
  readonly image: ItemImage;
  readonly batch: BatchId;
  readonly row: number;
  readonly variant: number;
  readonly attempt: NonNullable<ReturnType<typeof parseAttemptId>>;
  readonly nowMs: number;
}

function stateOfKind(kind: ItemState['kind'], facts: Facts): ItemState {
  const { image, batch, row, variant, attempt, nowMs } = facts;
  switch (kind) {
    case 'done':
      return { kind, image, attempt };
    case 'reused':
      return { kind, image, madeFor: { batch, row, variant } };
    case 'failed':
      return { kind, code: 'blocked', message: 'finish reason SAFETY: the model declined this prompt' };
    case 'cancelled':
      return { kind };
    case 'queued':
      return { kind, notBeforeMs: 0 };
    case 'working':
      return { kind, lease: { attempt, startedAtMs: nowMs, untilMs: nowMs + 120_000 } };
  }
}
