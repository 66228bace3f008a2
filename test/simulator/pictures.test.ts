import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { type PictureStyle, pictureMaker } from '../../local/simulator/pictures/picture-maker.ts';
import type { PictureOrder } from '../../local/simulator/pictures/picture-order.ts';
import { documentedPixels } from '../../local/simulator/pictures/sizes.ts';
import { IMAGE_TYPES } from '../../shared/domain/item/image-type.ts';

const ORDER: PictureOrder = {
  width: 1264,
  height: 848,
  type: 'image/png',
  prompt: 'A red fox asleep in deep snow',
  model: 'gemini-3-pro-image-preview',
  id: 'sim-1',
};

describe.each(['drawn', 'plain'] satisfies PictureStyle[])('a %s picture', (style) => {
  const make = pictureMaker(style);

  it.each(IMAGE_TYPES)('is a whole %s of exactly the ordered pixels', async (type) => {
    const bytes = await make({ ...ORDER, type });

    const { format, width, height } = await sharp(bytes).metadata();
    const { data } = await sharp(bytes, { failOn: 'warning' }).raw().toBuffer({ resolveWithObject: true });
    expect({ format, width, height }).toEqual({ format: type.slice(6), width: 1264, height: 848 });
    expect(data.length).toBeGreaterThanOrEqual(1264 * 848 * 3);
  });

  it.each(IMAGE_TYPES)('is unlike every other %s', async (type) => {
    const [one, again, other] = await Promise.all(['a', 'a', 'b'].map((id) => make({ ...ORDER, type, id })));

    expect(again?.equals(one ?? Buffer.alloc(0))).toBe(true);
    expect(other?.equals(one ?? Buffer.alloc(0))).toBe(false);
  });
});

describe('a drawn picture', () => {
  const draw = pictureMaker('drawn');

  it('has a moderate number of bytes', async () => {
    const bytes = await draw({ ...ORDER, width: 1024, height: 1024 });

    expect(bytes.length).toBeGreaterThan(30_000);
    expect(bytes.length).toBeLessThan(600_000);
  });

  it('shows another prompt differently', async () => {
    const [one, other] = await Promise.all(
      ['A fox', 'A hare'].map(async (prompt) =>
        sharp(await draw({ ...ORDER, prompt }))
          .raw()
          .toBuffer(),
      ),
    );

    expect(one?.equals(other ?? Buffer.alloc(0))).toBe(false);
  });

  it.each(['', '\u0000\ud800]]>', 'x'.repeat(20_000), '여우 🦊 <a href="x">&amp;'])(
    'holds any prompt',
    async (prompt) => {
      expect((await sharp(await draw({ ...ORDER, prompt })).metadata()).width).toBe(1264);
    },
  );
});

it('has the pixels of the contract for every size', () => {
  expect([
    documentedPixels('9:16', '1K'),
    documentedPixels('9:16', '4K'),
    documentedPixels('1:1', '512'),
    documentedPixels('7:5', '1K'),
  ]).toEqual([
    { width: 768, height: 1376 },
    { width: 3072, height: 5504 },
    { width: 512, height: 512 },
    undefined,
  ]);
});
