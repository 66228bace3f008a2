import type { Sharp } from 'sharp';
import type { ImageType } from '../../../shared/domain/item/image-type.ts';

/** Encodes quickly rather than tightly: the simulator's time is not the thing to measure. */
export function encodePicture(picture: Sharp, type: ImageType): Promise<Buffer> {
  switch (type) {
    case 'image/png':
      return picture.png({ compressionLevel: 3 }).toBuffer();
    case 'image/jpeg':
      return picture.jpeg({ quality: 88 }).toBuffer();
    case 'image/webp':
      return picture.webp({ quality: 84, effort: 0 }).toBuffer();
  }
}
