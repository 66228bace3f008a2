import { useRef } from 'preact/hooks';

/** Screens a second above which a line is gone before anybody sees its pictures. */
const FAST_SCREENS = 3;
/** A key or the scrollbar jumps in one step; what goes on for several is a scroll. */
const FAST_STEPS = 3;

export interface ScrollPace {
  readonly offset: number;
  readonly atMs: number;
  /** Steps above `FAST_SCREENS` without a slower one between them. */
  readonly fastSteps: number;
}

/** The pace after a step to `offset` pixels, in a window `height` pixels high. */
export function nextPace(
  before: ScrollPace,
  { offset, atMs, height }: { readonly offset: number; readonly atMs: number; readonly height: number },
): ScrollPace {
  const seconds = Math.max(1, atMs - before.atMs) / 1_000;
  const isFast = Math.abs(offset - before.offset) / height / seconds > FAST_SCREENS;
  return { offset, atMs, fastSteps: isFast ? before.fastSteps + 1 : 0 };
}

/** Lines that scroll past get no pictures: neither the page nor the thumbnail process works for what nobody sees. */
export function isPassing({ fastSteps }: ScrollPace): boolean {
  return fastSteps >= FAST_STEPS;
}

interface Scroller {
  readonly isScrolling: boolean;
  readonly scrollOffset: number | null;
  readonly scrollRect: { readonly height: number } | null;
}

/** Of the lines `shown`, those whose pictures are loaded: all of them, but for lines that came while the grid scrolls fast. */
export function useLinesWithPictures(
  { isScrolling, scrollOffset, scrollRect }: Scroller,
  shown: readonly { readonly index: number }[],
): ReadonlySet<number> {
  const pace = useRef<ScrollPace>({ offset: 0, atMs: 0, fastSteps: 0 });
  const loaded = useRef<ReadonlySet<number>>(new Set());
  const offset = scrollOffset ?? 0;
  if (!isScrolling) pace.current = { offset, atMs: performance.now(), fastSteps: 0 };
  else if (offset !== pace.current.offset) {
    pace.current = nextPace(pace.current, {
      offset,
      atMs: performance.now(),
      height: scrollRect?.height ?? 1,
    });
  }
  const lines = shown.map(({ index }) => index);
  loaded.current = new Set(isPassing(pace.current) ? lines.filter((nth) => loaded.current.has(nth)) : lines);
  return loaded.current;
}
