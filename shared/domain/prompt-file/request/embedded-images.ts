import { createHash } from 'node:crypto';
import { type EmbeddedImage, type Rejection, rejected } from '../format.ts';

/** Takes base64 images out of a record, so that the rest is small. */
export interface EmbeddedImages {
  /** A reference as it is, or the name of a `data:` URI's image. */
  add(url: string): string | Rejection;
  addBase64(base64: string): string;
  readonly images: readonly EmbeddedImage[];
}

export function embeddedImages(): EmbeddedImages {
  const images: EmbeddedImage[] = [];

  function takeBytes(bytes: Buffer): string {
    const written = `embedded-${createHash('sha256').update(bytes).digest('hex')}`;
    if (!images.some((each) => each.written === written)) images.push({ written, bytes });
    return written;
  }

  function take(url: string): string | Rejection {
    if (!/^data:/i.test(url)) return url.trim().replaceAll('|', '%7C');
    const comma = url.indexOf(',');
    const isBase64 = /;\s*base64\s*$/i.test(url.slice(0, Math.max(0, comma)));
    if (!isBase64) return rejected('a data: URI must be written as data:image/png;base64,…', 'references');
    return takeBytes(Buffer.from(url.slice(comma + 1), 'base64'));
  }

  return { add: take, addBase64: (base64) => takeBytes(Buffer.from(base64, 'base64')), images };
}
