import sharp from 'sharp';

const QUALITY = 72;
const EFFORT = 2;
/** An image that claims more pixels than this is not decoded. */
const MOST_PIXELS = 100_000_000;

/** An image as WebP whose long edge has at most so many pixels; never enlarged. Rejects if it can't be decoded. */
export async function scaledWebp(bytes: Uint8Array, longEdge: number): Promise<Buffer> {
  return await sharp(bytes, { limitInputPixels: MOST_PIXELS })
    .rotate()
    .resize({ width: longEdge, height: longEdge, fit: 'inside', withoutEnlargement: true })
    .webp({ quality: QUALITY, effort: EFFORT })
    .toBuffer();
}
