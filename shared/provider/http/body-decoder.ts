import type { Transform } from 'node:stream';
import zlib from 'node:zlib';

/**
 * A decoder for a body that came compressed although `identity` was asked; undefined where there is nothing to undo.
 * An unknown encoding is left alone: the parser will say what it could not read.
 */
export function createBodyDecoder(contentEncoding: string | undefined): Transform | undefined {
  switch (contentEncoding?.trim().toLowerCase()) {
    case 'gzip':
    case 'x-gzip':
      return zlib.createGunzip();
    case 'deflate':
      return zlib.createInflate();
    case 'br':
      return zlib.createBrotliDecompress();
    case 'zstd':
      return zlib.createZstdDecompress();
    default:
      return undefined;
  }
}
