import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pLimit from 'p-limit';
import { nameKey } from '../../shared/domain/item/file-name.ts';
import { type Item, type ItemImage, imageOf } from '../../shared/domain/item/item.ts';
import type { Effects } from '../../shared/pipeline/effects.ts';
import { makeFolder } from './make-folder.ts';
import type { NamePattern } from './name-pattern.ts';

export interface Downloaded {
  readonly copied: number;
  /** There already, byte for byte. */
  readonly kept: number;
  readonly bytes: number;
  /** Keys of images that are no longer in the store. */
  readonly missing: readonly string[];
  /** Keys of images whose bytes are not those that were recorded. */
  readonly damaged: readonly string[];
}

const AT_ONCE = 8;

/** Copies images into a folder. Begun again, it copies only what is not there; every byte is checked by its hash. */
export async function downloadImages(
  { store }: Pick<Effects, 'store'>,
  items: AsyncIterable<Item>,
  folder: string,
  nameOf: NamePattern,
  onImage: (copied: Downloaded) => void,
): Promise<Downloaded> {
  let state: Downloaded = { copied: 0, kept: 0, bytes: 0, missing: [], damaged: [] };
  const names = new Set<string>();
  const limit = pLimit(AT_ONCE);
  const running = new Set<Promise<void>>();

  async function copy(image: ItemImage, target: string): Promise<void> {
    if (await isThere(target, image)) state = { ...state, kept: state.kept + 1 };
    else {
      switch (await copyChecked(store, image, target)) {
        case 'copied':
          state = { ...state, copied: state.copied + 1, bytes: state.bytes + image.bytes };
          break;
        case 'missing':
          state = { ...state, missing: [...state.missing, image.key] };
          break;
        case 'damaged':
          state = { ...state, damaged: [...state.damaged, image.key] };
      }
    }
    onImage(state);
  }

  for await (const item of items) {
    const image = imageOf(item);
    if (image === undefined) continue;
    const target = join(folder, uniqueName(names, nameOf(item)) + extname(image.key));
    const done = limit(copy, image, target).finally(() => running.delete(done));
    running.add(done);
    if (running.size >= AT_ONCE * 4) await Promise.race(running);
  }
  await Promise.all(running);
  return state;
}

/** Two images of one name are two files: the second ends in `-2`. */
function uniqueName(names: Set<string>, name: string): string {
  for (let nth = 1; ; nth += 1) {
    const candidate = nth === 1 ? name : `${name}-${nth}`;
    const key = nameKey(candidate);
    if (names.has(key)) continue;
    names.add(key);
    return candidate;
  }
}

async function isThere(path: string, { bytes, sha256 }: ItemImage): Promise<boolean> {
  const there = await stat(path).catch(() => undefined);
  if (there?.size !== bytes) return false;
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex') === sha256;
}

/** Gets its name when it is whole and right; one damaged read is tried again. */
async function copyChecked(
  store: Effects['store'],
  { key, sha256 }: ItemImage,
  target: string,
): Promise<'copied' | 'missing' | 'damaged'> {
  await makeFolder(dirname(target));
  const part = `${target}.part`;
  for (let nth = 1; nth <= 2; nth += 1) {
    const object = await store.get(key);
    if (object === undefined) return 'missing';
    const hash = createHash('sha256');
    try {
      const hashed = async function* (chunks: AsyncIterable<Uint8Array>) {
        for await (const chunk of chunks) {
          hash.update(chunk);
          yield chunk;
        }
      };
      await pipeline(Readable.from(object.body), hashed, createWriteStream(part));
      if (hash.digest('hex') === sha256) {
        await rename(part, target);
        return 'copied';
      }
    } finally {
      await rm(part, { force: true });
    }
  }
  return 'damaged';
}
