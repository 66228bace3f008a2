import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pLimit from 'p-limit';
import type { BatchId } from '../../shared/domain/ids.ts';
import { type Item, type ItemImage, imageOf } from '../../shared/domain/item/item.ts';
import { batchFileKey, isImageKey } from '../../shared/domain/item/object-keys.ts';
import { itemsOf } from '../../shared/pipeline/batch/batch-items.ts';
import type { Effects } from '../../shared/pipeline/effects.ts';
import { manifestFiles } from '../../shared/pipeline/finish/manifest.ts';
import { PLATFORM } from '../../shared/runtime/platform.ts';
import { oneLine } from '../text/one-line.ts';
import { UsageError } from '../usage-error.ts';
import { makeFolder } from './make-folder.ts';
import { partFile, removeDeadParts } from './part-file.ts';
import { createFilePlacer, isSameFile } from './place-file.ts';

/** A folder in which the images of a batch appear as they are made, beside the batch's manifest. */
export interface OutFolder {
  readonly path: string;
  /** Where an item's image stands in the folder. */
  pathOf(item: Item, image: ItemImage): string;
  /** Copies an object of the batch as soon as it is made; throws `UsageError` where it cannot. */
  copy(key: string): Promise<void>;
  /** Writes a file that tells of the batch. */
  write(name: string, body: AsyncIterable<Uint8Array>): Promise<void>;
  /** What a key of an item's image is called in the folder. */
  nameOf(item: Item, key: string): string;
  /**
   * Copies an item's image with its extras. One that is there already, byte for byte, stays. Gives the keys of those that
   * are gone from the store.
   */
  copyImage(item: Item, image: ItemImage): Promise<string[]>;
}

/** How many copies are under way at a time. */
const COPIES = 8;

/** Makes the folder and writes to it once, before anything is paid for; throws `UsageError` where that fails. */
export async function prepareOutFolder(
  store: Effects['store'],
  batch: BatchId,
  asked: string | undefined,
  { textFiles = false }: { readonly textFiles?: boolean } = {},
): Promise<OutFolder> {
  const path = asked ?? join('out', batch);
  await checkWritable(path);
  await removeDeadParts(path);
  const copied = new Set<string>();
  const limit = pLimit(COPIES);
  const placer = createFilePlacer();

  async function writeTo(target: string, write: () => Promise<unknown>): Promise<'copied'> {
    try {
      await write();
      copied.add(target);
      return 'copied';
    } catch (error) {
      const said = oneLine(error);
      throw new UsageError(said.startsWith(path) ? said : `${path}: ${said}`, { cause: error });
    }
  }

  async function copyTo(target: string, key: string): Promise<'copied' | 'gone'> {
    const file = imageFile(store, key);
    if (file !== undefined)
      return existsSync(file) ? await writeTo(target, () => placer.place(file, target)) : 'gone';
    const object = await store.get(key);
    return object === undefined ? 'gone' : await writeTo(target, () => writeWhole(target, object.body));
  }

  async function copyImage(item: Item, image: ItemImage): Promise<string[]> {
    const target = join(path, nameOfImage(item, image.key));
    const file = imageFile(store, image.key);
    const { text } = image;
    if (textFiles && text !== undefined) {
      const name = nameOfImage(item, image.key).replace(/\.[a-z]+$/, '.txt');
      await writeTo(join(path, name), () => writeFile(join(path, name), `${text}\n`));
    }
    const isKnown =
      copied.has(target) ||
      (file !== undefined && (await isSameFile(file, target))) ||
      (await isThere(target, image));
    const keys = isKnown ? image.extras : [image.key, ...image.extras];
    const results = await Promise.all(keys.map((key) => copyTo(join(path, nameOfImage(item, key)), key)));
    return keys.filter((_, index) => results[index] === 'gone');
  }

  return {
    path,
    pathOf: (item, image) => join(path, nameOfImage(item, image.key)),
    copy: async (key) => void (await limit(copyTo, join(path, nameInFolder(key, batch)), key)),
    write: async (name, body) => {
      const target = join(path, name);
      await writeTo(target, () => writeWhole(target, body));
    },
    nameOf: nameOfImage,
    copyImage: (item, image) => limit(copyImage, item, image),
  };
}

/**
 * Copies all that a batch has: its images, extras, and the files that tell of it. Gives the keys of images that are gone
 * from the store, where somebody deleted them.
 */
export async function copyBatch(effects: Effects, batch: BatchId, folder: OutFolder): Promise<string[]> {
  const gone: string[] = [];
  let copies: Promise<string[]>[] = [];
  for await (const item of itemsOf(effects.table, batch)) {
    const image = imageOf(item);
    if (image !== undefined) copies.push(folder.copyImage(item, image));
    if (copies.length < COPIES) continue;
    gone.push(...(await Promise.all(copies)).flat());
    copies = [];
  }
  gone.push(...(await Promise.all(copies)).flat());
  await Promise.all(
    (['rejected.csv', 'summary.json'] as const).map((name) => folder.copy(batchFileKey(batch, name))),
  );
  if ((await effects.store.head(batchFileKey(batch, 'manifest.jsonl'))) === undefined) return gone;
  // Where the images lie beside it, it says so.
  const manifest = await manifestFiles(effects, batch, folder.nameOf);
  await folder.write('manifest.csv', manifest.csv);
  await folder.write('manifest.jsonl', manifest.jsonl);
  return gone;
}

/** The file of an image in a store on this disk. What tells of a batch is copied: people edit such files. */
function imageFile(store: Effects['store'], key: string): string | undefined {
  return isImageKey(key) ? store.fileOf?.(key) : undefined;
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
  const part = partFile(path);
  try {
    await pipeline(Readable.from(body), createWriteStream(part));
    await PLATFORM.rename(part, path);
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

/** A reused image has the key of the item that it was made for; in the folder it has the name of this one. */
function nameOfImage({ batch, fileName, state }: Item, key: string): string {
  if (state.kind !== 'reused') return nameInFolder(key, batch);
  const [, extra = '', extension = ''] = /(-\d+)?(\.[a-z]+)$/.exec(key) ?? [];
  return key.includes('/extras/') ? `extras/${fileName}${extra}${extension}` : `${fileName}${extension}`;
}

/** Keys are `images/<batch>/<name>` and `batches/<batch>/<name>`; the folder holds just the names. */
function nameInFolder(key: string, batch: BatchId): string {
  return key.replace(`images/${batch}/`, '').replace(`batches/${batch}/`, '');
}
