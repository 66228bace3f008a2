import type { Transform } from 'node:stream';
import zlib from 'node:zlib';

type Encoding = 'gzip' | 'zlib' | 'raw-deflate' | 'br' | 'zstd';

/** `plain`: nothing to decode. */
type BodyEncoding = Encoding | 'plain';

/** Enough first bytes to recognise an encoding. */
export const PROBED_BYTES = 512;

interface Decoder {
  readonly create: () => Transform;
  /** Decodes a beginning; throws if it is none. */
  readonly probe: (start: Buffer) => Buffer;
}

const PART = { finishFlush: zlib.constants.Z_SYNC_FLUSH };

const DECODERS: Readonly<Record<Encoding, Decoder>> = {
  gzip: { create: () => zlib.createGunzip(), probe: (start) => zlib.gunzipSync(start, PART) },
  zlib: { create: () => zlib.createInflate(), probe: (start) => zlib.inflateSync(start, PART) },
  'raw-deflate': {
    create: () => zlib.createInflateRaw(),
    probe: (start) => zlib.inflateRawSync(start, PART),
  },
  br: {
    create: () => zlib.createBrotliDecompress(),
    probe: (start) =>
      zlib.brotliDecompressSync(start, { finishFlush: zlib.constants.BROTLI_OPERATION_FLUSH }),
  },
  zstd: {
    create: () => zlib.createZstdDecompress(),
    probe: (start) => zlib.zstdDecompressSync(start, { finishFlush: zlib.constants.ZSTD_e_flush }),
  },
};

/** By `Content-Encoding`, the likeliest first: `deflate` is zlib by the standard, raw on some servers. */
const BY_LABEL: Readonly<Record<string, readonly Encoding[]>> = {
  gzip: ['gzip'],
  'x-gzip': ['gzip'],
  deflate: ['zlib', 'raw-deflate'],
  br: ['br'],
  zstd: ['zstd'],
};

/** A body's encoding by its first bytes: the header says where to look first, but gateways leave it out or wrong. */
export function detectBodyEncoding(label: string | undefined, start: Buffer): BodyEncoding {
  if (start.length === 0 || isPlainStart(start)) return 'plain';
  const named = (label ?? '').split(',').flatMap((each) => BY_LABEL[each.trim().toLowerCase()] ?? []);
  const others: readonly Encoding[] = ['gzip', 'zstd', 'zlib', 'raw-deflate', 'br'];
  const fits = [...new Set([...named, ...others])].find((each) => decodesTo(each, start));
  // Without a match, decoding by the header will fail with a reason, or else the parser will.
  return fits ?? named[0] ?? 'plain';
}

export function createDecoder(encoding: Encoding): Transform {
  return DECODERS[encoding].create();
}

function decodesTo(encoding: Encoding, start: Buffer): boolean {
  try {
    const decoded = DECODERS[encoding].probe(start);
    return decoded.length > 0 && looksDecoded(decoded, encoding);
  } catch {
    return false;
  }
}

/** Double compression counts as decoded once; the next layer follows in its turn. */
function looksDecoded(decoded: Buffer, encoding: Encoding): boolean {
  const hasMagic = encoding === 'gzip' || encoding === 'zstd';
  return hasMagic || isPlainStart(decoded) || isGzip(decoded);
}

function isGzip(bytes: Buffer): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** Text or an image file, neither of which begins like compressed bytes. */
export function isPlainStart(start: Buffer): boolean {
  return (
    isText(start.subarray(0, 64)) ||
    /^(?:\x89PNG|\xff\xd8\xff|RIFF|GIF8)/.test(start.toString('latin1', 0, 4))
  );
}

/** UTF-8 without control characters; the last letter may be cut. */
function isText(bytes: Buffer): boolean {
  return (
    bytes.every((byte) => byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d) && isUtf8(bytes)
  );
}

function isUtf8(bytes: Buffer): boolean {
  const text = new TextDecoder('utf-8').decode(bytes, { stream: true });
  return !text.includes('\uFFFD');
}
