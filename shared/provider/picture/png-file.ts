import { crc32 } from 'node:zlib';
import { damagedFile, type FileFacts, type PixelSize, whole } from './file-facts.ts';

const SIGNATURE_BYTES = 8;
/** Length, type and checksum around a chunk's data. */
const CHUNK_FRAME_BYTES = 12;
const HEADER_BYTES = 13;
/** Decoders refuse a wrong checksum in these. */
const CRITICAL = new Set(['IHDR', 'PLTE', 'IDAT', 'IEND']);

/** Deflate's maximum per byte. */
const MOST_INFLATED = 1_032;

/** Walks a PNG's chunks to `IEND`, checksums included. */
export function readPng(bytes: Buffer): FileFacts {
  let at = SIGNATURE_BYTES;
  let pixelBytes = 0;
  let size: PixelSize | undefined;
  while (at + CHUNK_FRAME_BYTES <= bytes.length) {
    const length = bytes.readUInt32BE(at);
    const type = bytes.toString('latin1', at + 4, at + 8);
    const end = at + CHUNK_FRAME_BYTES + length;
    const isHeader = type === 'IHDR' && length === HEADER_BYTES;
    if (size === undefined && !isHeader) return damagedFile('the PNG has no header');
    if (end > bytes.length) return damagedFile(`the PNG is cut off in its ${printable(type)} chunk`, size);
    size ??= { width: bytes.readUInt32BE(at + 8), height: bytes.readUInt32BE(at + 12) };
    if (CRITICAL.has(type) && !isSound(bytes, at, end)) {
      return damagedFile(`the checksum of the PNG's ${type} chunk is wrong`, size);
    }
    if (type === 'IDAT') pixelBytes += length;
    if (type === 'IEND') return judged(bytes, size, pixelBytes, end);
    at = end;
  }
  return damagedFile('the PNG ends before its IEND chunk', size);
}

function isSound(bytes: Buffer, at: number, end: number): boolean {
  return crc32(bytes.subarray(at + 4, end - 4)) === bytes.readUInt32BE(end - 4);
}

function judged(bytes: Buffer, size: PixelSize, pixelBytes: number, end: number): FileFacts {
  if (pixelBytes === 0) return damagedFile('the PNG has no image data', size);
  if (pixelBytes * MOST_INFLATED < Math.floor((size.width * bitsPerPixel(bytes)) / 8) * size.height) {
    const { width, height } = size;
    return damagedFile(`the PNG has too few bytes for ${width} × ${height} pixels`, size);
  }
  return whole(size.width, size.height, end);
}

/** By color type: grey, –, RGB, palette, grey with alpha, –, RGBA. */
const SAMPLES = [1, 1, 3, 1, 2, 1, 4];

interface PngPixels {
  readonly rowBytes: number;
  readonly bytesPerPixel: number;
  readonly isInterlaced: boolean;
  readonly compressed: Buffer;
}

export function pngPixels(bytes: Buffer): PngPixels {
  const data: Buffer[] = [];
  let at = SIGNATURE_BYTES;
  while (at + CHUNK_FRAME_BYTES <= bytes.length) {
    const end = at + CHUNK_FRAME_BYTES + bytes.readUInt32BE(at);
    if (bytes.toString('latin1', at + 4, at + 8) === 'IDAT') data.push(bytes.subarray(at + 8, end - 4));
    at = end;
  }
  const bits = bitsPerPixel(bytes);
  return {
    rowBytes: Math.ceil((bytes.readUInt32BE(16) * bits) / 8),
    bytesPerPixel: Math.max(1, bits / 8),
    isInterlaced: bytes[28] === 1,
    compressed: Buffer.concat(data),
  };
}

function bitsPerPixel(bytes: Buffer): number {
  const [depth = 8, colorType = 0] = bytes.subarray(24, 26);
  return depth * (SAMPLES[colorType] ?? 1);
}

function printable(type: string): string {
  return /^[A-Za-z]{4}$/.test(type) ? type : 'next';
}
