import { damagedFile, type FileFacts, type PixelSize, whole } from './file-facts.ts';

const MARKER = 0xff;
const END_OF_IMAGE = 0xd9;
const START_OF_SCAN = 0xda;

/** A block of 8 × 8 takes at least a bit. */
const PIXELS_A_BYTE = 512;

/** Walks a JPEG's segments and scans to its end marker. */
export function readJpeg(bytes: Buffer): FileFacts {
  let at = 2;
  let size: PixelSize | undefined;
  let scanned = 0;
  while (at + 2 <= bytes.length) {
    if (bytes[at] !== MARKER) return damagedFile('the JPEG has bytes where a marker should be', size);
    const marker = bytes[at + 1] ?? 0;
    if (marker === END_OF_IMAGE) return judged(size, scanned, at + 2);
    const end = markerEnd(bytes, at, marker);
    if (end === undefined) break;
    if (isFrameHeader(marker) && end - at >= 9) {
      size ??= { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) };
    }
    at = marker === START_OF_SCAN ? scanEnd(bytes, end) : end;
    scanned += at - end;
  }
  return damagedFile('the JPEG ends before its end marker', size);
}

function judged(size: PixelSize | undefined, scanned: number, end: number): FileFacts {
  if (size === undefined || scanned === 0) return damagedFile('the JPEG has no image data', size);
  const { width, height } = size;
  if (scanned * PIXELS_A_BYTE < width * height) {
    return damagedFile(`the JPEG has too few bytes for ${width} × ${height} pixels`, size);
  }
  return whole(width, height, end);
}

/** SOF0–SOF15 without DHT, JPG and DAC. */
function isFrameHeader(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

function standsAlone(marker: number): boolean {
  return marker === 0x01 || isRestart(marker);
}

function isRestart(marker: number): boolean {
  return marker >= 0xd0 && marker <= 0xd7;
}

/** The end of a fill byte, lone marker or segment; undefined if cut off. */
function markerEnd(bytes: Buffer, at: number, marker: number): number | undefined {
  if (marker === MARKER) return at + 1;
  return standsAlone(marker) ? at + 2 : segmentEnd(bytes, at);
}

function segmentEnd(bytes: Buffer, at: number): number | undefined {
  if (at + 4 > bytes.length) return undefined;
  const length = bytes.readUInt16BE(at + 2);
  const end = at + 2 + length;
  return length < 2 || end > bytes.length ? undefined : end;
}

/** The compressed data of each scan; none if the file is not whole. */
export function jpegScans(bytes: Buffer): Buffer[] {
  const scans: Buffer[] = [];
  let at = 2;
  while (at + 4 <= bytes.length && bytes[at] === MARKER) {
    const marker = bytes[at + 1] ?? 0;
    const end = markerEnd(bytes, at, marker);
    if (end === undefined || marker === END_OF_IMAGE) break;
    at = marker === START_OF_SCAN ? scanEnd(bytes, end) : end;
    if (marker === START_OF_SCAN) scans.push(bytes.subarray(end, at));
  }
  return scans;
}

/** The next marker behind compressed data: `FF 00` and restart markers belong to the data. */
function scanEnd(bytes: Buffer, from: number): number {
  let at = bytes.indexOf(MARKER, from);
  while (at !== -1 && at + 1 < bytes.length) {
    const next = bytes[at + 1] ?? 0;
    if (next !== 0 && !isRestart(next)) return at;
    at = bytes.indexOf(MARKER, at + 2);
  }
  return bytes.length;
}
