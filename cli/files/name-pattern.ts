import { safeName } from '../../shared/domain/item/file-name.ts';
import type { Item } from '../../shared/domain/item/item.ts';
import { UsageError } from '../usage-error.ts';

/** A file name such as `{tag:campaign}/{row}-{name}`, without its extension. */
export type NamePattern = (item: Item) => string;

const MOST_BYTES = 120;
const PLACE = /\{([^{}]*)\}/g;

/** Throws `UsageError` on an unknown place, or a path out of the folder. */
export function parseNamePattern(text: string): NamePattern {
  const segments = text.split('/');
  if (
    text.startsWith('/') ||
    segments.some((each) => each === '' || each === '.' || each === '..' || each.includes('\\'))
  ) {
    throw new UsageError(`--name: "${text}" must name files below the folder, such as {tag:campaign}/{name}`);
  }
  for (const [, place = ''] of text.matchAll(PLACE)) {
    if (!/^(name|row|variant|id|model|size|ratio|tag:.+|column:.+)$/.test(place)) {
      throw new UsageError(
        `--name: there is no {${place}}; use {name}, {row}, {variant}, {id}, {model}, {size}, {ratio}, {tag:NAME}, {column:NAME}`,
      );
    }
  }
  return (item) =>
    segments
      .map(
        (segment) =>
          segment.replaceAll(PLACE, (_, place: string) => partOf(item, place)).slice(0, 200) || 'none',
      )
      .join('/');
}

/** A value as part of a file name, never as a path. */
function partOf(item: Item, place: string): string {
  return safeName(placeValue(item, place), MOST_BYTES) || 'none';
}

function placeValue(item: Item, place: string): string {
  const { settings } = item;
  if (place.startsWith('tag:')) return item.tags[place.slice('tag:'.length)] ?? '';
  if (place.startsWith('column:')) return item.columns[place.slice('column:'.length)] ?? '';
  switch (place) {
    case 'name':
      return item.fileName;
    case 'row':
      return String(item.row).padStart(4, '0');
    case 'variant':
      return String(item.variant);
    case 'id':
      return item.id ?? '';
    case 'model':
      return settings.model;
    case 'size':
      return settings.imageSize ?? '';
  }
  return settings.aspectRatio ?? '';
}
