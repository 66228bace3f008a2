import { hash } from 'node:crypto';
import * as z from 'zod/mini';
import { imageSizeByPixels } from '../../domain/calls/models.ts';
import { IMAGE_TYPES } from '../../domain/item/image-type.ts';
import type { Item, ItemImage } from '../../domain/item/item.ts';
import { extraKey, imageKey, textKey } from '../../domain/item/object-keys.ts';
import type { Charge } from '../../domain/money/charge.ts';
import { isOneFlatColor } from '../../provider/picture/flat-color.ts';
import type { DecodedImage } from '../../provider/types.ts';
import type { Effects } from '../effects.ts';
import type { ObjectInfo } from '../ports.ts';
import { chargeFields } from '../rows/charge-row.ts';
import { itemImage } from '../rows/fields.ts';
import { fromMetadata, toMetadata } from './object-metadata.ts';

/** A stored image with all that the ledger needs, so that it can be adopted after a crash. */
export interface StoredImage {
  readonly image: ItemImage;
  readonly charge: Charge;
}

/** A response's images and text. */
interface ImageAnswer {
  readonly images: readonly [DecodedImage, ...DecodedImage[]];
  readonly text?: string;
}

/** It shares a row with a prompt of 32 KB. */
const MOST_TEXT_CHARACTERS = 8_000;

/**
 * Puts a response's images, extras first. The last is the result and its put, only if absent, commits the charge in its
 * metadata (I4). `isAlone`: no look for an earlier image, since the put itself finds one under its key.
 */
export async function putImages(
  effects: Pick<Effects, 'store'>,
  item: Item,
  { images, text = '' }: ImageAnswer,
  charge: Charge,
  isAlone = false,
): Promise<{ kind: 'stored' | 'exists'; stored: StoredImage }> {
  const result = images.at(-1) ?? images[0];
  const drafts = images.slice(0, -1);
  const extras = await putExtras(effects, item, drafts);
  const described = describe(imageKey(item.batch, item.fileName, result.type), result, extras, item);
  const said = text.trim().slice(0, MOST_TEXT_CHARACTERS).toWellFormed();
  const image = said === '' ? described : { ...described, text: said };
  const stored: StoredImage = { image, charge };
  const metadata = { [METADATA]: await encodeWithText(effects, item, stored, drafts) };
  const put = (onlyIfAbsent: boolean) =>
    effects.store.put(image.key, result.bytes, {
      contentType: result.type,
      metadata,
      sha256: image.sha256,
      onlyIfAbsent,
    });

  // An earlier image may have another type, so another key.
  const earlier = isAlone ? undefined : await findStoredImage(effects, item);
  if (earlier !== undefined) return { kind: 'exists', stored: earlier };
  if ((await put(true)).kind === 'stored') return { kind: 'stored', stored };
  const winner = await findStoredImage(effects, item);
  if (winner !== undefined) return { kind: 'exists', stored: winner };
  // Another object is in the way: the paid image is kept.
  await put(false);
  return { kind: 'stored', stored };
}

export async function findStoredImage(
  effects: Pick<Effects, 'store'>,
  item: Item,
): Promise<StoredImage | undefined> {
  const [first] = await findStoredImages(effects, item);
  return first;
}

/** The images of an item: one, or two of different types put at the same moment. */
export async function findStoredImages(effects: Pick<Effects, 'store'>, item: Item): Promise<StoredImage[]> {
  // By key, whatever its type: a listing takes longer the more images the batch has.
  const keys = IMAGE_TYPES.map((type) => imageKey(item.batch, item.fileName, type));
  const infos = await Promise.all(keys.map((key) => effects.store.head(key)));
  const found = await Promise.all(infos.map((info) => info && decode(effects, info, item)));
  return found.filter((stored) => stored !== undefined).filter(({ charge }) => isOf(charge, item));
}

/** Whether an object is an attempt's whole image, by length and metadata. */
export function isWhole(info: ObjectInfo, image: Pick<ItemImage, 'bytes' | 'sha256'>): boolean {
  const put = storedImage.safeParse(fromMetadata(info.metadata[METADATA]));
  return put.success && put.data.image.sha256 === image.sha256 && info.bytes === image.bytes;
}

async function putExtras(
  effects: Pick<Effects, 'store'>,
  item: Item,
  extras: readonly DecodedImage[],
): Promise<string[]> {
  const keys: string[] = [];
  for (const [index, extra] of extras.entries()) {
    const key = extraKey(item.batch, item.fileName, index + 2, extra.type);
    await effects.store.put(key, extra.bytes, { contentType: extra.type });
    keys.push(key);
  }
  return keys;
}

function describe(key: string, image: DecodedImage, extras: readonly string[], item: Item): ItemImage {
  const mismatch = mismatchOf(image, item);
  return {
    key,
    sha256: hash('sha256', image.bytes),
    bytes: image.bytes.byteLength,
    type: image.type,
    width: image.width,
    height: image.height,
    extras,
    ...(mismatch === undefined ? {} : { mismatch }),
    ...(isFlat(image) && { notice: 'it is one flat color' }),
  };
}

function isFlat({ type, bytes, width, height }: DecodedImage): boolean {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return isOneFlatColor(type, file, width * height);
}

/** The provider's own sizes are off by up to 3 % (contract §3). */
const RATIO_TOLERANCE = 0.05;

function mismatchOf(image: DecodedImage, item: Item): string | undefined {
  const { aspectRatio, imageSize } = item.settings;
  const size = imageSizeByPixels(image.width * image.height);
  const asked = [
    ...(aspectRatio === undefined || hasRatio(image, aspectRatio) ? [] : [aspectRatio]),
    ...(imageSize === undefined || imageSize === size ? [] : [imageSize]),
  ];
  return asked.length === 0 ? undefined : `asked ${asked.join(', ')}, got ${image.width}×${image.height}`;
}

function hasRatio(image: DecodedImage, aspectRatio: string): boolean {
  const [width, height] = aspectRatio.split(':').map(Number);
  if (!width || !height) return true;
  return Math.abs((image.width * height) / (image.height * width) - 1) <= RATIO_TOLERANCE;
}

const METADATA = 'pressrun-attempt';

const storedImage = z.object({
  image: z.omit(itemImage, { key: true, extras: true }),
  extras: z.array(z.enum(IMAGE_TYPES)),
  charge: z.omit(chargeFields, { tags: true }),
  /** The text is too long, and is an object of its own. */
  textAside: z.exactOptional(z.literal(true)),
});

/** S3 takes 2 KB of ASCII metadata with names. */
const MOST_METADATA_LETTERS = 2_048 - `x-amz-meta-${METADATA}`.length;

/** The text goes along or aside first, so that an adopted image keeps it. */
async function encodeWithText(
  { store }: Pick<Effects, 'store'>,
  item: Item,
  stored: StoredImage,
  extras: readonly DecodedImage[],
): Promise<string> {
  const whole = encode(stored, extras);
  const { text, ...image } = stored.image;
  if (text === undefined || whole.length <= MOST_METADATA_LETTERS) return whole;
  await store.put(textKey(item.batch, item.fileName, stored.charge.attempt), Buffer.from(text), {
    contentType: 'text/plain; charset=utf-8',
  });
  return encode({ ...stored, image }, extras, true);
}

/** Leaves out what key and item say. */
function encode(stored: StoredImage, extras: readonly DecodedImage[], textAside = false): string {
  const { key: _, extras: __, ...image } = stored.image;
  const { tags: ___, ...charge } = stored.charge;
  const types = extras.map((extra) => extra.type);
  return toMetadata({ image, extras: types, charge, ...(textAside && { textAside }) });
}

async function decode(
  { store }: Pick<Effects, 'store'>,
  info: ObjectInfo,
  item: Item,
): Promise<StoredImage | undefined> {
  const parsed = storedImage.safeParse(fromMetadata(info.metadata[METADATA]));
  if (!parsed.success) return undefined;
  const { image, extras, charge, textAside } = parsed.data;
  const aside = textAside && (await textOf(store, textKey(item.batch, item.fileName, charge.attempt)));
  const keys = extras.map((type, index) => extraKey(item.batch, item.fileName, index + 2, type));
  return {
    image: { ...image, key: info.key, extras: keys, ...(aside && { text: aside }) },
    charge: { ...charge, usage: charge.usage, tags: item.tags },
  };
}

async function textOf(store: Effects['store'], key: string): Promise<string | undefined> {
  const object = await store.get(key);
  if (object === undefined) return undefined;
  const chunks: Uint8Array[] = [];
  for await (const chunk of object.body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function isOf(charge: Charge, item: Item): boolean {
  return charge.batch === item.batch && charge.row === item.row && charge.variant === item.variant;
}
