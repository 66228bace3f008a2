import pLimit from 'p-limit';
import type { ItemImage } from '../../shared/domain/item/item.ts';
import type { Effects } from '../../shared/pipeline/effects.ts';
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

const MOST_ORIGINAL_BYTES = 64 * 1024 * 1024;
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
    const kept = await store.get(key);
    if (kept !== undefined) return await bytesOf(kept.body);
    const made =
      running.get(key) ?? queue(() => make(image, key, size, signal)).finally(() => running.delete(key));
    running.set(key, made);
    return await made;
  }

  async function make(
    image: Pick<ItemImage, 'key'>,
    key: string,
    size: ThumbnailSize,
    signal?: AbortSignal,
  ): Promise<Buffer | undefined> {
    if (signal?.aborted) throw new Error('no longer wanted');
    const original = await store.get(image.key);
    if (original === undefined || original.info.bytes > MOST_ORIGINAL_BYTES) return undefined;
    const webp = await worker.make(await bytesOf(original.body), EDGES[size]);
    try {
      await store.put(key, webp, { contentType: 'image/webp', onlyIfAbsent: true });
    } catch (error) {
      // It can be looked at all the same, and is made again next time.
      log.error('a thumbnail could not be kept', error, { key });
    }
    return webp;
  }

  return { get, warm: worker.warm, close: worker.close };
}

/** `thumbnails/<sha256>-320.webp`. */
export function thumbnailKey(sha256: string, size: ThumbnailSize): string {
  return `thumbnails/${sha256}-${EDGES[size]}.webp`;
}

export async function bytesOf(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}
