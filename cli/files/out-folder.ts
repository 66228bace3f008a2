import { createWriteStream, existsSync } from 'node:fs';
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pLimit from 'p-limit';
import type { BatchId } from '../../shared/domain/ids.ts';
import { type Item, type ItemImage, imageOf } from '../../shared/domain/item/item.ts';
import { batchFileKey, isImageKey } from '../../shared/domain/item/object-keys.ts';
import { itemsReadOnce } from '../../shared/pipeline/batch/batch-items.ts';
import type { Effects } from '../../shared/pipeline/effects.ts';
import { manifestFiles } from '../../shared/pipeline/finish/manifest.ts';
import { type FolderUse, hashOf, openFolder } from './folder-writer.ts';
import { createFilePlacer, isSameFile } from './place-file.ts';

/** A folder with a batch's images and manifest. */
export interface OutFolder {
  readonly path: string;
  pathOf(item: Item, image: ItemImage): string;
  /** Copies an object; throws `UsageError` on failure. */
  copy(key: string): Promise<void>;
  write(name: string, body: AsyncIterable<Uint8Array>): Promise<void>;
  /** An image key's name in the folder. */
  nameOf(item: Item, key: string): string;
  /** Copies an item's image and extras; identical files stay. Returns the keys that are missing in the store. */
  copyImage(item: Item, image: ItemImage): Promise<string[]>;
}

/** Concurrent copies. */
const COPIES = 8;

/** Makes the folder and tests writing before anything is paid for; throws `UsageError`. */
export async function prepareOutFolder(
  store: Effects['store'],
  batch: BatchId,
  asked: string | undefined,
  { textFiles = false, ...use }: FolderUse & { readonly textFiles?: boolean },
): Promise<OutFolder> {
  const path = asked ?? join('out', batch);
  const folder = await openFolder(path, use);
  const copied = new Set<string>();
  const limit = pLimit(COPIES);
  const placer = createFilePlacer();

  async function copyTo(name: string, key: string): Promise<'copied' | 'gone'> {
    const file = imageFile(store, key);
    if (file !== undefined) {
      if (!existsSync(file)) return 'gone';
      await folder.write(name, (part) => placer.place(file, part));
    } else {
      const object = await store.get(key);
      if (object === undefined) return 'gone';
      await folder.write(name, (part) => writeNew(part, object.body));
    }
    copied.add(name);
    return 'copied';
  }

  async function isKnown(name: string, image: ItemImage): Promise<boolean> {
    const target = join(path, name);
    const file = imageFile(store, image.key);
    if (copied.has(name) || (file !== undefined && (await isSameFile(file, target)))) return true;
    return await isIntactFile(target, image);
  }

  async function copyImage(item: Item, image: ItemImage): Promise<string[]> {
    const name = nameOfImage(item, image.key);
    const { text } = image;
    if (textFiles && text !== undefined) {
      const file = name.replace(/\.[a-z]+$/, '.txt');
      await folder.write(file, (part) => writeFile(part, `${text}\n`, { flag: 'wx' }));
    }
    const keys = (await isKnown(name, image)) ? image.extras : [image.key, ...image.extras];
    const results = await Promise.all(keys.map((key) => copyTo(nameOfImage(item, key), key)));
    return keys.filter((_, index) => results[index] === 'gone');
  }

  return {
    path,
    pathOf: (item, image) => join(path, folder.nameOf(nameOfImage(item, image.key))),
    copy: async (key) => void (await limit(copyTo, nameInFolder(key, batch), key)),
    write: async (name, body) => await folder.write(name, (part) => writeNew(part, body)),
    nameOf: (item, key) => folder.nameOf(nameOfImage(item, key)),
    copyImage: (item, image) => limit(copyImage, item, image),
  };
}

/** Copies a batch's images, extras and files. Returns the keys of images that are missing in the store. */
export async function copyBatch(
  effects: Effects,
  batch: BatchId,
  folder: OutFolder,
  items = itemsReadOnce(effects.table, batch),
): Promise<string[]> {
  const gone: string[] = [];
  let copies: Promise<string[]>[] = [];
  for await (const item of items()) {
    const image = imageOf(item);
    if (image !== undefined) copies.push(folder.copyImage(item, image));
    if (copies.length < COPIES) continue;
    gone.push(...(await Promise.all(copies)).flat());
    copies = [];
  }
  gone.push(...(await Promise.all(copies)).flat());
  await copyReports(effects, batch, folder, folder.nameOf, items);
  return gone;
}

/** Copies a batch's files; the manifest names images relative to it. */
export async function copyReports(
  effects: Effects,
  batch: BatchId,
  folder: OutFolder,
  nameOf: (item: Item, key: string) => string,
  items = itemsReadOnce(effects.table, batch),
): Promise<void> {
  await Promise.all(
    (['rejected.csv', 'summary.json'] as const).map((name) => folder.copy(batchFileKey(batch, name))),
  );
  if ((await effects.store.head(batchFileKey(batch, 'manifest.jsonl'))) === undefined) return;
  const manifest = await manifestFiles(items, nameOf);
  await folder.write('manifest.csv', manifest.csv);
  await folder.write('manifest.jsonl', manifest.jsonl);
}

/** An image's file in a store on this disk. Other files are copied, because people edit them. */
function imageFile(store: Effects['store'], key: string): string | undefined {
  return isImageKey(key) ? store.fileOf?.(key) : undefined;
}

/** Whether a file has an image's recorded bytes. */
export async function isIntactFile(
  path: string,
  { bytes, sha256 }: Pick<ItemImage, 'bytes' | 'sha256'>,
): Promise<boolean> {
  const there = await stat(path).catch(() => undefined);
  return there?.size === bytes && (await hashOf(path)) === sha256;
}

async function writeNew(part: string, body: AsyncIterable<Uint8Array>): Promise<void> {
  await pipeline(Readable.from(body), createWriteStream(part, { flags: 'wx' }));
}

/** A reused image's key is of its first item; in the folder it has this one's name. */
function nameOfImage({ batch, fileName, state }: Item, key: string): string {
  if (state.kind !== 'reused') return nameInFolder(key, batch);
  const [, extra = '', extension = ''] = /(-\d+)?(\.[a-z]+)$/.exec(key) ?? [];
  return key.includes('/extras/') ? `extras/${fileName}${extra}${extension}` : `${fileName}${extension}`;
}

/** `images/<batch>/<name>` and `batches/<batch>/<name>` → `<name>`. */
function nameInFolder(key: string, batch: BatchId): string {
  return key.replace(`images/${batch}/`, '').replace(`batches/${batch}/`, '');
}
