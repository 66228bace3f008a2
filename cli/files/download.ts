import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pLimit from 'p-limit';
import { caseFoldedName } from '../../shared/domain/item/file-name.ts';
import { type Item, type ItemImage, imageOf } from '../../shared/domain/item/item.ts';
import type { Effects } from '../../shared/pipeline/effects.ts';
import { UsageError } from '../usage-error.ts';
import type { FolderWriter } from './folder-writer.ts';
import type { NamePattern } from './name-pattern.ts';
import { isIntactFile } from './out-folder.ts';

export interface Downloaded {
  readonly copied: number;
  /** Identical files that were there. */
  readonly kept: number;
  readonly bytes: number;
  /** Images missing in the store. */
  readonly missing: readonly string[];
  /** Images whose bytes differ from the record. */
  readonly damaged: readonly string[];
}

type ImageNames = (item: Item, key: string) => string;

interface DownloadUse {
  readonly names: ImageNames;
  /** Saves responses' text beside images. */
  readonly textFiles: boolean;
  readonly onImage: (copied: Downloaded) => void;
}

const AT_ONCE = 8;

/** Copies missing images into a folder, and checks each by its hash. */
export async function downloadImages(
  { store }: Pick<Effects, 'store'>,
  items: AsyncIterable<Item>,
  folder: FolderWriter,
  { names, textFiles, onImage }: DownloadUse,
): Promise<Downloaded> {
  let state: Downloaded = { copied: 0, kept: 0, bytes: 0, missing: [], damaged: [] };
  const limit = pLimit(AT_ONCE);
  const running = new Set<Promise<void>>();

  async function copy(image: ItemImage, name: string): Promise<void> {
    if (await isIntactFile(join(folder.path, name), image)) state = { ...state, kept: state.kept + 1 };
    else {
      switch (await copyChecked(store, image, name, folder)) {
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
    const name = names(item, image.key);
    if (textFiles && image.text !== undefined) await writeText(folder, name, image.text);
    const done = limit(copy, image, name).finally(() => running.delete(done));
    running.add(done);
    if (running.size >= AT_ONCE * 4) await Promise.race(running);
  }
  await Promise.all(running);
  return state;
}

async function writeText(folder: FolderWriter, imageName: string, text: string): Promise<void> {
  const name = `${imageName.slice(0, -extname(imageName).length)}.txt`;
  await folder.write(name, (part) => writeFile(part, `${text}\n`, { flag: 'wx' }));
}

/** The files of an item's images, by a pattern; stable. */
export function uniqueNames(nameOf: NamePattern): ImageNames {
  const taken = new Set<string>();
  const known = new Map<string, string>();
  return (item, key) => {
    const name = known.get(key) ?? uniqueName(taken, nameOf(item)) + extname(key);
    known.set(key, name);
    return name;
  };
}

/** The second of two equal names ends in `-2`. */
function uniqueName(names: Set<string>, name: string): string {
  for (let nth = 1; ; nth += 1) {
    const candidate = nth === 1 ? name : `${name}-${nth}`;
    const key = caseFoldedName(candidate);
    if (names.has(key)) continue;
    names.add(key);
    return candidate;
  }
}

/** Renames the file when it is whole and right; retries a damaged read once. */
async function copyChecked(
  store: Effects['store'],
  { key, sha256 }: ItemImage,
  name: string,
  folder: FolderWriter,
): Promise<'copied' | 'missing' | 'damaged'> {
  for (let nth = 1; nth <= 2; nth += 1) {
    const object = await store.get(key);
    if (object === undefined) return 'missing';
    try {
      await folder.write(name, (part) => writeChecked(part, object.body, sha256));
      return 'copied';
    } catch (error) {
      if (!(error instanceof UsageError && error.cause instanceof DamagedImage)) throw error;
    }
  }
  return 'damaged';
}

class DamagedImage extends Error {}

async function writeChecked(part: string, body: AsyncIterable<Uint8Array>, sha256: string): Promise<void> {
  const hash = createHash('sha256');
  const hashed = async function* (chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      hash.update(chunk);
      yield chunk;
    }
  };
  await pipeline(Readable.from(body), hashed, createWriteStream(part, { flags: 'wx' }));
  if (hash.digest('hex') !== sha256) throw new DamagedImage('its bytes are not those that were recorded');
}
