import { normalize } from 'node:path';
import type { ObjectStore } from '../../shared/pipeline/ports.ts';

/** An image to be scaled: where its file is on this machine, or its bytes. */
export type Original = { readonly folder: string; readonly file: string } | Buffer;

/** A larger one is not read for a small picture of it. */
export const MOST_ORIGINAL_BYTES = 64 * 1024 * 1024;

/** What the process that scales shall read: of a stage on this machine no byte comes through the process that asks. */
export async function readOriginal(
  store: Pick<ObjectStore, 'fileOf' | 'get'>,
  key: string,
): Promise<Original | undefined> {
  const file = store.fileOf?.(key);
  if (file !== undefined) return { folder: file.slice(0, -normalize(key).length), file };
  const object = await store.get(key);
  const isFit = object !== undefined && object.info.bytes <= MOST_ORIGINAL_BYTES;
  return isFit ? await bytesOf(object.body) : undefined;
}

export async function bytesOf(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}
