import { IMAGE_EXTENSIONS, type ImageType } from '../../../shared/domain/item/image-type.ts';

/** Pictures that answers link to instead of bringing them. */
export interface LinkedImages {
  /** Keeps a picture and says its URL. */
  put(id: string, bytes: Buffer, type: ImageType): string;
  /** By the path of its URL. */
  get(path: string): { readonly bytes: Buffer; readonly type: ImageType } | undefined;
}

/** So many pictures are kept; the oldest go first. */
const MOST_PICTURES = 2_000;

export function openLinkedImages(linkBase: string): LinkedImages {
  const pictures = new Map<string, { bytes: Buffer; type: ImageType }>();
  return {
    put(id, bytes, type) {
      const path = `/pictures/${id}.${IMAGE_EXTENSIONS[type]}`;
      pictures.set(path, { bytes, type });
      const [oldest] = pictures.keys();
      if (pictures.size > MOST_PICTURES && oldest !== undefined) pictures.delete(oldest);
      return `${linkBase}${path}`;
    },
    get: (path) => pictures.get(path),
  };
}
