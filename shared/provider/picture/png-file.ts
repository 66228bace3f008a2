import { crc32 } from 'node:zlib';
import { damaged, type FileFacts, whole } from './file-facts.ts';

const SIGNATURE_BYTES = 8;
/** Length, type and checksum around a chunk's data. */
const CHUNK_FRAME_BYTES = 12;
const HEADER_BYTES = 13;
/** Decoders refuse a file in which the checksum of one of these is wrong. */
const CRITICAL = new Set(['IHDR', 'PLTE', 'IDAT', 'IEND']);

/** Walks the chunks of a PNG from its header to `IEND`, checksums included. */
export function readPng(bytes: Buffer): FileFacts {
  let at = SIGNATURE_BYTES;
  let hasPixels = false;
  let size: { width: number; height: number } | undefined;
  while (at + CHUNK_FRAME_BYTES <= bytes.length) {
    const length = bytes.readUInt32BE(at);
    const type = bytes.toString('latin1', at + 4, at + 8);
    const end = at + CHUNK_FRAME_BYTES + length;
    if (end > bytes.length) return damaged(`the PNG is cut off in its ${printable(type)} chunk`);
    if (CRITICAL.has(type) && crc32(bytes.subarray(at + 4, end - 4)) !== bytes.readUInt32BE(end - 4)) {
      return damaged(`the checksum of the PNG's ${type} chunk is wrong`);
    }
    if (size === undefined) {
      if (type !== 'IHDR' || length !== HEADER_BYTES) return damaged('the PNG has no header');
      size = { width: bytes.readUInt32BE(at + 8), height: bytes.readUInt32BE(at + 12) };
    }
    hasPixels ||= type === 'IDAT';
    if (type === 'IEND') {
      return hasPixels ? whole(size.width, size.height, end) : damaged('the PNG has no image data');
    }
    at = end;
  }
  return damaged('the PNG ends before its IEND chunk');
}

function printable(type: string): string {
  return /^[A-Za-z]{4}$/.test(type) ? type : 'next';
}
