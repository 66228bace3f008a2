import type { ContentHash } from '../../domain/item/content.ts';
import type { Effects } from '../effects.ts';
import { isWhole } from '../image/stored-image.ts';
import { contentKey, type RememberedImage, rowToContent } from '../rows/content-row.ts';

/** The stored image of a content, if it is whole. */
export async function findReusable(
  effects: Pick<Effects, 'table' | 'store'>,
  content: ContentHash,
): Promise<RememberedImage | undefined> {
  const row = await effects.table.get(contentKey(content));
  if (row === undefined) return undefined;
  const remembered = rowToContent(row);
  return (await isInStore(effects, remembered.image)) ? remembered : undefined;
}

/** Whether an image is stored unchanged. */
export async function isInStore(
  { store }: Pick<Effects, 'store'>,
  image: RememberedImage['image'],
): Promise<boolean> {
  const info = await store.head(image.key);
  return info !== undefined && isWhole(info, image);
}
