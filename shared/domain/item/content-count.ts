import { type Content, contentHash } from './content.ts';

/** Counts a file's images by content. */
interface ContentCount {
  /** Which image of this content it is, from 1. Ask once for each item, in order. */
  next(content: Omit<Content, 'occurrence'>): number;
}

/** In larger files, equal rows further apart both count as the first. */
const MOST_REMEMBERED = 4_000_000;
/** 48 bits. Two contents that share them are only numbered as if equal. */
const KEY_DIGITS = 12;

/** Two equal rows or variants are two images: counts each content, so that its first, second, third image have keys of their own. */
export function createContentCount(mostRemembered = MOST_REMEMBERED): ContentCount {
  const counts = createCounts(mostRemembered);
  return {
    next: (content) => {
      const hash = contentHash({ ...content, occurrence: 0 });
      return counts.increment(Number.parseInt(hash.slice(0, KEY_DIGITS), 16));
    },
  };
}

const FIRST_SLOTS = 1024;
/** Fuller tables are slow. */
const MOST_FULL = 0.7;

/** Counts evenly spread keys in 12 bytes a slot: 25 MB for a million rows, a fifth of a `Map`. */
function createCounts(mostKeys: number) {
  let keys = new Float64Array(FIRST_SLOTS);
  let counts = new Uint32Array(FIRST_SLOTS);
  let size = 0;

  /** A key's slot, or the free one for it (count 0). */
  function slotOf(key: number): number {
    let slot = key % keys.length;
    while (counts[slot] !== 0 && keys[slot] !== key) slot = (slot + 1) % keys.length;
    return slot;
  }

  function grow(): void {
    const [oldKeys, oldCounts] = [keys, counts];
    keys = new Float64Array(oldKeys.length * 2);
    counts = new Uint32Array(oldKeys.length * 2);
    for (const [slot, count] of oldCounts.entries()) if (count > 0) set(oldKeys[slot] ?? 0, count);
  }

  function set(key: number, count: number): void {
    const slot = slotOf(key);
    keys[slot] = key;
    counts[slot] = count;
  }

  function increment(key: number): number {
    const count = (counts[slotOf(key)] ?? 0) + 1;
    if (count === 1 && size >= mostKeys) return 1;
    if (count === 1) size += 1;
    if (size > keys.length * MOST_FULL) grow();
    set(key, count);
    return count;
  }

  return { increment };
}
