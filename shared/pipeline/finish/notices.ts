import { type Item, imageOf } from '../../domain/item/item.ts';

/** What you should check, though the image is there. */
export interface Notices {
  add(item: Noticed): void;
  of(item: Noticed): string | undefined;
}

type Noticed = Pick<Item, 'row' | 'variant' | 'state'>;

interface Places {
  readonly first: string;
  second?: string;
}

/** An image's own notices, and equal bytes of another item's image. */
export function collectNotices(): Notices {
  const bySha256 = new Map<string, Places>();
  return {
    add(item) {
      const sha256 = madeSha256(item);
      if (sha256 === undefined) return;
      const places = bySha256.get(sha256);
      if (places === undefined) bySha256.set(sha256, { first: placeOf(item) });
      else places.second ??= placeOf(item);
    },
    of(item) {
      const places = bySha256.get(madeSha256(item) ?? '');
      const other = places?.first === placeOf(item) ? places.second : places?.first;
      const same = other === undefined ? [] : [`it has the same bytes as the image of row ${other}`];
      return [...own(item), ...same].join('; ') || undefined;
    },
  };
}

function own(item: Noticed): string[] {
  const notice = imageOf(item)?.notice;
  return notice === undefined ? [] : [notice];
}

/** Of a generated image: a reused one is meant to be the same. */
function madeSha256({ state }: Noticed): string | undefined {
  return state.kind === 'done' ? state.image.sha256 : undefined;
}

function placeOf({ row, variant }: Noticed): string {
  return variant > 1 ? `${row}/${variant}` : String(row);
}
