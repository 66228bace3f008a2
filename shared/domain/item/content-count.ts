import { type Content, contentHash } from './content.ts';

/** Counts a file's images by what they ask for. */
export interface ContentCount {
  /** Which image of this content it is, from 1. To be asked for each item of a file once, in their order. */
  next(content: Omit<Content, 'nth'>): number;
}

/** Some 50 bytes each. Equal rows of a larger file that lie further apart are both taken for the first. */
const MOST_REMEMBERED = 4_000_000;
/** 48 bits, as a whole number. Two contents that share one would only be numbered as if they were equal. */
const KEY_BYTES = 6;

/**
 * Two equal rows are two images, and so are two variants of one: the file asks for a content so many times, and its
 * first, second, third image are contents of their own, wherever in the file they stand.
 */
export function createContentCount(mostRemembered = MOST_REMEMBERED): ContentCount {
  const counts = new Map<number, number>();
  return {
    next: (content) => {
      const key = Buffer.from(contentHash({ ...content, nth: 0 }), 'hex').readUIntBE(0, KEY_BYTES);
      const nth = (counts.get(key) ?? 0) + 1;
      if (nth > 1 || counts.size < mostRemembered) counts.set(key, nth);
      return nth;
    },
  };
}
