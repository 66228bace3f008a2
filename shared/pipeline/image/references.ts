import { MAX_REFERENCE_BYTES } from '../../domain/calls/models.ts';
import { IMAGE_TYPES, type ImageType } from '../../domain/item/image-type.ts';
import type { Item } from '../../domain/item/item.ts';
import type { ReferenceImage } from '../../provider/types.ts';
import type { Effects } from '../effects.ts';

type References =
  | { readonly kind: 'references'; readonly images: readonly ReferenceImage[] }
  | { readonly kind: 'bad'; readonly message: string };

/** Loads the references that ingest stored; says which one is missing or damaged. */
export async function loadReferences(effects: Pick<Effects, 'store'>, item: Item): Promise<References> {
  const images: ReferenceImage[] = [];
  for (const key of item.references) {
    const loaded = await loadReference(effects, key);
    if (typeof loaded === 'string') return { kind: 'bad', message: `reference ${key}: ${loaded}` };
    images.push(loaded);
  }
  return { kind: 'references', images };
}

async function loadReference(effects: Pick<Effects, 'store'>, key: string): Promise<ReferenceImage | string> {
  const object = await effects.store.get(key);
  if (object === undefined) return 'there is no such object in the bucket';
  const type = imageTypeOf(object.info.contentType);
  if (type === undefined) return `${object.info.contentType} is not a PNG, JPEG or WebP image`;
  if (object.info.bytes > MAX_REFERENCE_BYTES)
    return `${object.info.bytes} bytes, at most ${MAX_REFERENCE_BYTES}`;
  const chunks: Uint8Array[] = [];
  for await (const chunk of object.body) chunks.push(chunk);
  return { type, bytes: Buffer.concat(chunks) };
}

function imageTypeOf(contentType: string): ImageType | undefined {
  return IMAGE_TYPES.find((type) => type === contentType);
}
