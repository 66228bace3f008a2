import type { ImageType } from '../../../shared/domain/item/image-type.ts';
import { drawPicture } from './draw-picture.ts';
import { encodePicture } from './encode.ts';
import type { PictureOrder } from './picture-order.ts';
import { stampPicture } from './stamp.ts';

/** Makes whole, valid image files of exactly the ordered type and pixels. */
export type PictureMaker = (order: PictureOrder) => Promise<Buffer>;

export type PictureStyle = 'drawn' | 'plain';

/** `drawn` shows the prompt on a scene; `plain` costs next to nothing, for tests that make thousands. */
export function pictureMaker(style: PictureStyle): PictureMaker {
  const base = style === 'drawn' ? drawPicture : plainPictures();
  return async (order) =>
    stampPicture(await base(order), order.type, `simulated by pressrun, ${order.model}, call ${order.id}`);
}

function plainPictures(): PictureMaker {
  const made = new Map<string, Promise<Buffer>>();
  return ({ width, height, type }) => {
    const key = `${width}x${height} ${type}`;
    const picture = made.get(key) ?? plainPicture(width, height, type);
    made.set(key, picture);
    return picture;
  };
}

async function plainPicture(width: number, height: number, type: ImageType): Promise<Buffer> {
  const ground = { width, height, channels: 3, background: '#7a9e9f' } as const;
  const bar = { ...ground, height: Math.ceil(height / 8), background: '#eee3cb' } as const;
  // Two colors: a picture of one is told as something to look at.
  const { default: sharp } = await import('sharp');
  const picture = sharp({ create: ground }).composite([{ input: { create: bar }, gravity: 'south' }]);
  return await encodePicture(picture, type);
}
