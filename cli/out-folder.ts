import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pLimit from 'p-limit';
import type { BatchId } from '../shared/domain/ids.ts';
import type { ItemImage } from '../shared/domain/item.ts';
import { batchFileKey } from '../shared/domain/object-keys.ts';
import { itemsOf } from '../shared/pipeline/batch-items.ts';
import type { Effects } from '../shared/pipeline/effects.ts';
import { makeFolder } from './make-folder.ts';
import { oneLine } from './one-line.ts';
import { UsageError } from './usage-error.ts';

/** A folder in which the images of a batch appear as they are made, beside the batch's manifest. */
export interface OutFolder {
  readonly path: string;
  /** Where an image of the batch stands in the folder. */
  pathOf(key: string): string;
  /** Copies an object; throws `UsageError` where it cannot. An image that is there already, byte for byte, stays. */
  copy(key: string, image?: Pick<ItemImage, 'bytes' | 'sha256'>): Promise<void>;
}

/** How many copies are under way at a time. */
const COPIES = 8;

/** Makes the folder and writes to it once, before anything is paid for; throws `UsageError` where that fails. */
export async function prepareOutFolder(
  store: Effects['store'],
  batch: BatchId,
  asked: string | undefined,
): Promise<OutFolder> {
  const path = asked ?? join('out', batch);
  await checkWritable(path);
  const pathOf = (key: string) => join(path, nameInFolder(key, batch));
  const copied = new Set<string>();
  const limit = pLimit(COPIES);

  async function copy(key: string, image?: Pick<ItemImage, 'bytes' | 'sha256'>): Promise<void> {
    if (image !== undefined && (copied.has(key) || (await isThere(pathOf(key), image)))) return;
    const object = await store.get(key);
    if (object === undefined) return;
    try {
      await writeWhole(pathOf(key), object.body);
      copied.add(key);
    } catch (error) {
      const said = oneLine(error);
      throw new UsageError(said.startsWith(path) ? said : `${path}: ${said}`, { cause: error });
    }
  }

  return { path, pathOf, copy: (key, image) => limit(copy, key, image) };
}

/** Copies all that a batch has: its images, extras, and the files that tell of it. */
export async function copyBatch(effects: Effects, batch: BatchId, folder: OutFolder): Promise<void> {
  let copies: Promise<void>[] = [];
  for await (const { state } of itemsOf(effects.table, batch)) {
    if (state.kind !== 'done') continue;
    copies.push(
      folder.copy(state.image.key, state.image),
      ...state.image.extras.map((key) => folder.copy(key)),
    );
    if (copies.length < COPIES) continue;
    await Promise.all(copies);
    copies = [];
  }
  const names = ['manifest.csv', 'manifest.jsonl', 'rejected.csv', 'summary.json'] as const;
  await Promise.all([...copies, ...names.map((name) => folder.copy(batchFileKey(batch, name)))]);
}

async function isThere(
  path: string,
  { bytes, sha256 }: Pick<ItemImage, 'bytes' | 'sha256'>,
): Promise<boolean> {
  const there = await stat(path).catch(() => undefined);
  if (there?.size !== bytes) return false;
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex') === sha256;
}

/** Renamed when whole, so that the folder never shows half an image. */
async function writeWhole(path: string, body: AsyncIterable<Uint8Array>): Promise<void> {
  await makeFolder(dirname(path));
  const part = `${path}.part`;
  try {
    await pipeline(Readable.from(body), createWriteStream(part));
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

async function checkWritable(path: string): Promise<void> {
  const probe = join(path, '.pressrun-probe');
  try {
    await makeFolder(path);
    await writeFile(probe, '');
    await rm(probe);
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new UsageError(`${path}: cannot be written to (${reason}): name another folder with --out`, {
      cause: error,
    });
  }
}

/** Keys are `images/<batch>/<name>` and `batches/<batch>/<name>`; the folder holds just the names. */
function nameInFolder(key: string, batch: BatchId): string {
  return key.replace(`images/${batch}/`, '').replace(`batches/${batch}/`, '');
}
