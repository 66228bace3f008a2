import { existsSync, readFileSync } from 'node:fs';
import pLimit from 'p-limit';
import type { ItemImage } from '../../shared/domain/item/item.ts';
import type { Effects } from '../../shared/pipeline/effects.ts';
import { READ_NO_LINK } from '../../shared/runtime/files/no-link.ts';
import { bytesOf, readOriginal } from './original.ts';
import { createThumbnailWorker, type ThumbnailWorker } from './worker.ts';

/** Long edges in pixels: of a tile, of a large tile or dense screen, and of the large view. */
export const EDGES = { thumb: 320, thumb2x: 640, large: 2_048 } as const;
export type ThumbnailSize = keyof typeof EDGES;

type Keeper = Pick<Effects, 'store' | 'log'>;

export interface Thumbnails {
  /** The WebP of an image; undefined if its object is gone. Rejects if it can't be decoded or was no longer wanted. */
  get(
    image: Pick<ItemImage, 'key' | 'sha256'>,
    size: ThumbnailSize,
    signal?: AbortSignal,
  ): Promise<Buffer | undefined>;
  /** Somebody is about to look at pictures. */
  warm(): void;
  close(): void;
}

/** Made at a time: reading the next original overlaps with scaling the one before. */
const AT_ONCE = 2;

/** Thumbnails by content, kept in the store under `thumbnails/`: reused images have theirs already. */
export function createThumbnails(
  { store, log }: Keeper,
  worker: ThumbnailWorker = createThumbnailWorker(),
): Thumbnails {
  // In the order in which they are asked for, as they stand on the screen: a browser asks for six at a time.
  const queue = pLimit(AT_ONCE);
  const running = new Map<string, Promise<Buffer | undefined>>();

  async function get(
    image: Pick<ItemImage, 'key' | 'sha256'>,
    size: ThumbnailSize,
    signal?: AbortSignal,
  ): Promise<Buffer | undefined> {
    const key = thumbnailKey(image.sha256, size);
    const webp = await kept(key);
    if (webp !== undefined && isWhole(webp)) return webp;
    const made =
      running.get(key) ?? queue(() => make(image, key, size, signal)).finally(() => running.delete(key));
    running.set(key, made);
    return await made;
  }

  async function kept(key: string): Promise<Buffer | undefined> {
    const file = store.fileOf?.(key);
    if (file !== undefined) return keptFile(file);
    const object = await store.get(key);
    return object && (await bytesOf(object.body));
  }

  async function make(
    image: Pick<ItemImage, 'key'>,
    key: string,
    size: ThumbnailSize,
    signal?: AbortSignal,
  ): Promise<Buffer | undefined> {
    if (signal?.aborted) throw new Error('no longer wanted');
    const original = await readOriginal(store, image.key);
    const keepAt = store.fileOf?.(key);
    const made = original && (await worker.make(original, EDGES[size], keepAt));
    if (made === undefined) return undefined;
    try {
      if (made.unkept !== undefined) throw new Error(made.unkept);
      if (keepAt === undefined) {
        await store.put(key, made.webp, { contentType: 'image/webp', onlyIfAbsent: true });
      }
    } catch (error) {
      // It can be looked at all the same, and is made again next time.
      log.error('a thumbnail could not be kept', error, { key });
    }
    return made.webp;
  }

  return { get, warm: worker.warm, close: worker.close };
}

/** `thumbnails/<sha256>-320.webp`. */
export function thumbnailKey(sha256: string, size: ThumbnailSize): string {
  return `thumbnails/${sha256}-${EDGES[size]}.webp`;
}

/** A few kilobytes of this machine: read at once, which costs less than to wait for them. */
function keptFile(file: string): Buffer | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return readFileSync(file, { flag: READ_NO_LINK });
  } catch {
    // A link, or what may not be read: a new one takes its place, or the log says why not.
    return undefined;
  }
}

const HEAD_BYTES = 8;

/** As long as its own head says: a power cut may have left a part. */
function isWhole(webp: Buffer): boolean {
  return webp.length > HEAD_BYTES && webp.readUInt32LE(4) + HEAD_BYTES === webp.length;
}
