import type { ImageSize } from '../../../shared/domain/calls/models.ts';
import type { Pixels } from '../../../shared/domain/item/setting-values.ts';

/** Pixels at 1K by aspect ratio (provider-contract §3); the four long ones, which it does not give, are Google's. */
const AT_1K: Readonly<Record<string, Pixels>> = {
  '1:1': { width: 1024, height: 1024 },
  '2:3': { width: 848, height: 1264 },
  '3:2': { width: 1264, height: 848 },
  '3:4': { width: 896, height: 1200 },
  '4:3': { width: 1200, height: 896 },
  '4:5': { width: 928, height: 1152 },
  '5:4': { width: 1152, height: 928 },
  '9:16': { width: 768, height: 1376 },
  '16:9': { width: 1376, height: 768 },
  '21:9': { width: 1584, height: 672 },
  '1:4': { width: 512, height: 2048 },
  '4:1': { width: 2048, height: 512 },
  '1:8': { width: 384, height: 3072 },
  '8:1': { width: 3072, height: 384 },
};

const SCALE: Readonly<Record<ImageSize, number>> = { '512': 0.5, '1K': 1, '2K': 2, '4K': 4 };

/** Pixels of an image of that aspect ratio and size; undefined if there is no such aspect ratio. */
export function documentedPixels(aspectRatio: string, size: ImageSize): Pixels | undefined {
  const at1K = AT_1K[aspectRatio];
  if (at1K === undefined) return undefined;
  return { width: at1K.width * SCALE[size], height: at1K.height * SCALE[size] };
}
