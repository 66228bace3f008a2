import type { ImageType } from '../../../shared/domain/item/image-type.ts';
import type { Pixels } from '../../../shared/domain/item/setting-values.ts';

export interface PictureOrder extends Pixels {
  readonly type: ImageType;
  readonly prompt: string;
  readonly model: string;
  /** Makes this picture unlike every other of the same prompt. */
  readonly id: string;
}
