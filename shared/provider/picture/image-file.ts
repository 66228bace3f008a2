import type { ImageType } from '../../domain/item/image-type.ts';
import type { FileFacts } from './file-facts.ts';
import { readJpeg } from './jpeg-file.ts';
import { readPng } from './png-file.ts';
import { readWebp } from './webp-file.ts';

/** How many bytes `sniffImageType` needs. */
export const SNIFFED_BYTES = 12;

const READERS: Readonly<Record<ImageType, (bytes: Buffer) => FileFacts>> = {
  'image/png': readPng,
  'image/jpeg': readJpeg,
  'image/webp': readWebp,
};

/** The type by the file's first bytes, whatever was declared; undefined for anything but PNG, JPEG and WebP. */
export function sniffImageType(bytes: Buffer): ImageType | undefined {
  if (bytes.toString('latin1', 0, 8) === '\x89PNG\r\n\x1a\n') return 'image/png';
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return 'image/jpeg';
  const isRiff = bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP';
  return isRiff ? 'image/webp' : undefined;
}

/** Reads pixel size and end of a file without decoding it, and tells a whole file from one that was cut off. */
export function readImageFile(type: ImageType, bytes: Buffer): FileFacts {
  return READERS[type](bytes);
}
