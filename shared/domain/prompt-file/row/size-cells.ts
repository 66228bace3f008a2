import { imageSizeByPixels } from '../../calls/models.ts';
import {
  nearestRatio,
  type Pixels,
  plausiblePixels,
  readAspectRatio,
  readImageSize,
  readPixels,
  readWhole,
} from '../../item/setting-values.ts';
import { cellText } from '../cell-values.ts';
import { SIZE_COLUMNS, type SizeColumn } from '../column-aliases.ts';
import { quoted } from '../columns.ts';
import { type Rejection, type RowFields, rejected } from '../format.ts';

interface SizeRules {
  readonly ratios: readonly string[];
  readonly isData: (column: string) => boolean;
}

/** The columns with sizes in other spellings: none if the file has our columns for all of it. */
export function sizeColumnsOf(fields: RowFields, isData: SizeRules['isData']): readonly SizeColumn[] {
  if (Object.hasOwn(fields, 'aspect_ratio') && Object.hasOwn(fields, 'image_size')) return [];
  return SIZE_COLUMNS.filter((column) => Object.hasOwn(fields, column) && !isData(column));
}

/** `size` (pixels, ratio or size), `width` and `height` as `aspect_ratio` and `image_size`, unless the file has those columns. */
export function withSizes(
  fields: RowFields,
  { ratios, isData }: SizeRules,
): { readonly kind: 'fields'; readonly fields: RowFields } | Rejection {
  for (const column of ['image_size', 'aspect_ratio'] as const) {
    const text = cellText(fields, column);
    const pixels = text === undefined ? undefined : readPixels(text);
    if (pixels !== undefined) return sized(fields, column, pixels, ratios, true);
  }
  const columns = sizeColumnsOf(fields, isData);
  if (columns.length === 0) return { kind: 'fields', fields };
  const [size, width, height] = SIZE_COLUMNS.map((column) =>
    columns.includes(column) ? cellText(fields, column) : undefined,
  );
  if (size !== undefined && !/^auto$/i.test(size)) return sizeCell(fields, size, ratios);
  if (width === undefined && height === undefined) return { kind: 'fields', fields };
  const [w, h] = [width, height].map((text) => readWhole((text ?? '').replace(/ *px$/i, ''), 99_999));
  const pixels = w === undefined || h === undefined ? undefined : plausiblePixels(w, h);
  if (pixels !== undefined) return sized(fields, 'width', pixels, ratios, false);
  const said = `width ${quoted([width ?? ''])} and height ${quoted([height ?? ''])}`;
  return rejected(
    `${said} are no pixels of an image; if they are data of yours, add --ignore-column width --ignore-column height`,
    'width',
  );
}

function sizeCell(fields: RowFields, size: string, ratios: readonly string[]): ReturnType<typeof withSizes> {
  const pixels = readPixels(size);
  if (pixels !== undefined) return sized(fields, 'size', pixels, ratios, false);
  const name = readImageSize(size);
  if (name !== undefined) return { kind: 'fields', fields: { image_size: name, ...fields } };
  const ratio = /^square$/i.test(size) ? '1:1' : readAspectRatio(size);
  if (ratio !== undefined) return { kind: 'fields', fields: { aspect_ratio: ratio, ...fields } };
  return rejected(
    `must be pixels such as 1024x1536, a size such as 2K or a ratio such as 16:9, not ${quoted([size])}; if it is data of yours, add --ignore-column size`,
    'size',
  );
}

function sized(
  fields: RowFields,
  column: string,
  pixels: Pixels,
  ratios: readonly string[],
  replace: boolean,
): ReturnType<typeof withSizes> {
  const ratio = nearestRatio(pixels, ratios);
  if (ratio === undefined) {
    return rejected(
      `${pixels.width} by ${pixels.height} pixels is near no ratio that the model offers: there are ${ratios.join(', ')}`,
      column,
    );
  }
  const cells = { aspect_ratio: ratio, image_size: imageSizeByPixels(pixels.width * pixels.height) };
  if (!replace) return { kind: 'fields', fields: { ...cells, ...fields } };
  const { aspect_ratio: said } = fields;
  const kept =
    column === 'image_size' && said !== undefined && said.trim() !== '' ? { aspect_ratio: said } : {};
  return { kind: 'fields', fields: { ...fields, ...cells, ...kept } };
}
