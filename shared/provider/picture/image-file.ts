import type { ImageType } from '../../domain/item/image-type.ts';
import type { FileFacts } from './file-facts.ts';
import { readJpeg } from './jpeg-file.ts';
import { readPng } from './png-file.ts';
import { readWebp } from './webp-file.ts';

export const SNIFFED_BYTES = 16;

const READERS: Readonly<Record<ImageType, (bytes: Buffer) => FileFacts>> = {
  'image/png': readPng,
  'image/jpeg': readJpeg,
  'image/webp': readWebp,
};

/** The type by first bytes, whatever was declared; undefined for all but PNG, JPEG and WebP. */
export function sniffImageType(bytes: Buffer): ImageType | undefined {
  if (bytes.toString('latin1', 0, 8) === '\x89PNG\r\n\x1a\n') return 'image/png';
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return 'image/jpeg';
  const isRiff = bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP';
  return isRiff ? 'image/webp' : undefined;
}

const OTHER_TYPES: readonly (readonly [type: string, begins: RegExp])[] = [
  ['GIF', /^GIF8[79]a/],
  ['AVIF', /^....ftypavi[fs]/s],
  ['HEIC', /^....ftyp(?:hei|hev|mif1|msf1)/s],
  ['TIFF', /^(?:II\*\0|MM\0\*)/],
  ['JPEG XL', /^(?:\xff\n|\0\0\0.JXL )/s],
  ['JPEG 2000', /^(?:\0\0\0.jP {2}|\xff\x4f\xff\x51)/s],
  ['BMP', /^BM....\0\0\0\0/s],
  ['SVG', /^\s*<(?:svg|\?xml)\b/],
];

/** An image type that is not supported, by first bytes. */
export function sniffOtherImage(bytes: Buffer): string | undefined {
  const start = bytes.toString('latin1', 0, SNIFFED_BYTES);
  return OTHER_TYPES.find(([, begins]) => begins.test(start))?.[0];
}

/** Reads pixel size and end without decoding; detects cut-off files. */
export function readImageFile(type: ImageType, bytes: Buffer): FileFacts {
  return READERS[type](bytes);
}
