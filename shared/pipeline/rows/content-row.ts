import * as z from 'zod/mini';
import type { ContentHash } from '../../domain/item/content.ts';
import type { ItemImage, ItemRef } from '../../domain/item/item.ts';
import type { TableKey, TableRow, TableWrite } from '../ports.ts';
import { type Fields, itemImage, itemReference, parseRow } from './fields.ts';

/** A stored image and the item it was generated for. */
export interface RememberedImage {
  readonly image: ItemImage;
  readonly madeFor: ItemRef;
}

const contentRow = z.object({
  image: itemImage,
  madeFor: itemReference,
} satisfies Fields<RememberedImage>);

export function contentKey(content: ContentHash): TableKey {
  return { pk: `CONTENT#${content}`, sk: 'CONTENT' };
}

/** Remembers an item's image by content; the newest counts. */
export function rememberImage(
  item: ItemRef & { readonly content?: ContentHash },
  image: ItemImage,
): TableWrite[] {
  const { batch, row, variant, content } = item;
  if (content === undefined) return [];
  return [
    { kind: 'put', row: { ...contentKey(content), image: { ...image }, madeFor: { batch, row, variant } } },
  ];
}

export function rowToContent(row: TableRow): RememberedImage {
  return parseRow(contentRow, row);
}
