import { damagedFile, type FileFacts, type PixelSize, whole } from './file-facts.ts';

const RIFF_HEADER_BYTES = 8;
const FIRST_CHUNK = 12;
const CHUNK_HEADER_BYTES = 8;
const PIXEL_CHUNKS = new Set(['VP8 ', 'VP8L', 'ANMF']);

/** Reads a WebP's length and chunks; an extended file's canvas counts, else the frame's size. */
export function readWebp(bytes: Buffer): FileFacts {
  if (bytes.length < FIRST_CHUNK + CHUNK_HEADER_BYTES)
    return damagedFile('the WebP is cut off in its header');
  const end = RIFF_HEADER_BYTES + bytes.readUInt32LE(4);
  const first = bytes.subarray(FIRST_CHUNK + CHUNK_HEADER_BYTES);
  const told = sizeIn(bytes.toString('latin1', FIRST_CHUNK, FIRST_CHUNK + 4), first);
  if (end > bytes.length) return damagedFile(`the WebP is cut off: ${bytes.length} of ${end} bytes`, told);

  let size: PixelSize | undefined;
  let hasPixels = false;
  let at = FIRST_CHUNK;
  while (at + CHUNK_HEADER_BYTES <= end) {
    const type = bytes.toString('latin1', at, at + 4);
    const length = bytes.readUInt32LE(at + 4);
    const from = at + CHUNK_HEADER_BYTES;
    if (from + length > end) return damagedFile('the WebP has a chunk that is longer than the file', size);
    size ??= sizeIn(type, bytes.subarray(from, from + length));
    hasPixels ||= PIXEL_CHUNKS.has(type) && length > 0;
    at = from + length + (length % 2);
  }
  if (size === undefined || !hasPixels) return damagedFile('the WebP has no image data', size);
  return whole(size.width, size.height, end);
}

/** The first chunk of that type in a whole file. */
export function webpChunk(bytes: Buffer, type: string): Buffer | undefined {
  for (let at = FIRST_CHUNK; at + CHUNK_HEADER_BYTES <= bytes.length; ) {
    const from = at + CHUNK_HEADER_BYTES;
    const length = bytes.readUInt32LE(at + 4);
    if (bytes.toString('latin1', at, at + 4) === type) return bytes.subarray(from, from + length);
    at = from + length + (length % 2);
  }
  return undefined;
}

function sizeIn(type: string, data: Buffer): PixelSize | undefined {
  if (type === 'VP8X' && data.length >= 10) {
    return { width: data.readUIntLE(4, 3) + 1, height: data.readUIntLE(7, 3) + 1 };
  }
  if (type === 'VP8 ' && data.length >= 10 && data.readUIntBE(3, 3) === 0x9d012a) {
    return { width: data.readUInt16LE(6) & 0x3fff, height: data.readUInt16LE(8) & 0x3fff };
  }
  if (type === 'VP8L' && data.length >= 5 && data[0] === 0x2f) {
    const bits = data.readUInt32LE(1);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  return undefined;
}
