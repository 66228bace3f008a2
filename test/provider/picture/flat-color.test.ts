import sharp, { type Sharp } from 'sharp';
import { describe, expect, test } from 'vitest';
import type { ImageType } from '../../../shared/domain/item/image-type.ts';
import { isOneFlatColor } from '../../../shared/provider/picture/flat-color.ts';

const ENCODED: Readonly<Record<string, [ImageType, (image: Sharp) => Sharp]>> = {
  'a PNG': ['image/png', (image) => image.png()],
  'a PNG with filters': ['image/png', (image) => image.png({ adaptiveFiltering: true })],
  'a PNG with a palette': ['image/png', (image) => image.png({ palette: true })],
  'a JPEG': ['image/jpeg', (image) => image.jpeg()],
  'a JPEG of full chroma': ['image/jpeg', (image) => image.jpeg({ quality: 95, chromaSubsampling: '4:4:4' })],
  'a progressive JPEG': ['image/jpeg', (image) => image.jpeg({ progressive: true })],
  'a JPEG with optimized codes': ['image/jpeg', (image) => image.jpeg({ mozjpeg: true })],
  'a WebP': ['image/webp', (image) => image.webp()],
  'a lossless WebP': ['image/webp', (image) => image.webp({ lossless: true })],
  'a lossless WebP of little effort': ['image/webp', (image) => image.webp({ lossless: true, effort: 0 })],
  'a lossless WebP with metadata': [
    'image/webp',
    (image) => image.webp({ lossless: true }).withExif({ IFD0: { Software: 'x' } }),
  ],
};
type Size = readonly [width: number, height: number];
const LARGE: readonly Size[] = [
  [512, 512],
  [1024, 1024],
  [1376, 768],
];
const SMALL: readonly Size[] = [
  [64, 64],
  [100, 70],
];
/** A lossless WebP is told by its first bits, whatever its size, and takes long to make. */
function sizesOf(kind: string): readonly Size[] {
  if (kind.includes('lossless')) return LARGE.slice(0, 1);
  return kind.startsWith('a PNG') ? [...SMALL, ...LARGE] : LARGE;
}

async function isFlat(kind: string, image: Sharp, pixels: number): Promise<boolean> {
  const [type, encode] = ENCODED[kind] ?? ['image/png', (each: Sharp) => each];
  return isOneFlatColor(type, await encode(image).toBuffer(), pixels);
}

describe.each(Object.keys(ENCODED))('%s', (kind) => {
  test.each(sizesOf(kind))('of %d × %d in one color is told to be so', async (width, height) => {
    for (const background of ['#7a9e9f', '#000', '#fff', '#ff0001']) {
      const image = sharp({ create: { width, height, channels: 3, background } });
      expect({ background, flat: await isFlat(kind, image, width * height) }).toEqual({
        background,
        flat: true,
      });
    }
  });

  test.each(sizesOf(kind))('of %d × %d with a spot, a line or a gradient is not', async (width, height) => {
    for (const shape of [
      `<circle cx="${width / 2}" cy="${height / 2}" r="${width / 12}"/>`,
      `<rect y="${height - 9}" width="100%" height="6"/>`,
      '<linearGradient id="g"><stop stop-color="#000"/><stop offset="1" stop-color="#fff"/></linearGradient><rect width="100%" height="100%" fill="url(#g)"/>',
    ]) {
      const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="#fff"/>${shape}</svg>`;
      const image = sharp(Buffer.from(svg)).removeAlpha();
      expect({ shape, flat: await isFlat(kind, image, width * height) }).toEqual({ shape, flat: false });
    }
  });
});

test('a picture of a few pixels says nothing', async () => {
  const image = sharp({ create: { width: 8, height: 8, channels: 3, background: '#fff' } });

  expect(await isFlat('a PNG', image, 64)).toBe(false);
});
