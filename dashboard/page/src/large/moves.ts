import type { GalleryState } from '../gallery/gallery-state.ts';
import type { BatchStore } from '../lib/batch-store.ts';
import { address, go } from '../lib/route.ts';
import { say } from '../lib/say.ts';

/** From one image to another, in the gallery's order. */
export function createMoves(store: BatchStore, state: GalleryState) {
  const open = (to: number) => {
    const index = store.index.value;
    const text = new URLSearchParams(address.value.query).toString();
    go(`/b/${store.id}/i/${index?.row[to]}/${index?.variant[to]}${text === '' ? '' : `?${text}`}`, 'replace');
  };
  return {
    open,
    by: (place: number, step: 1 | -1) => {
      const places = state.places.value;
      const to = places[places.indexOf(place) + step];
      if (to === undefined) say(step === 1 ? 'This is the last image.' : 'This is the first image.');
      else open(to);
    },
    byRow: (place: number, step: 1 | -1) => {
      const index = store.index.value;
      const [row = 0, variant = 1] = [index?.row[place], index?.variant[place]];
      const inOrder = step === 1 ? state.places.value : [...state.places.value].reverse();
      const isBeyond = (each: number) => ((index?.row[each] ?? 0) - row) * step > 0;
      const to = inOrder.find((each) => isBeyond(each) && index?.variant[each] === variant);
      if (to !== undefined) open(to);
    },
    close: () => {
      const text = new URLSearchParams(address.value.query).toString();
      go(`/b/${store.id}${text === '' ? '' : `?${text}`}`);
    },
  };
}

const SWIPE_PIXELS = 60;

export function swipe(next: () => void, previous: () => void) {
  let startX = 0;
  return {
    onTouchStart: (event: TouchEvent) => {
      startX = event.touches[0]?.clientX ?? 0;
    },
    onTouchEnd: (event: TouchEvent) => {
      const by = (event.changedTouches[0]?.clientX ?? startX) - startX;
      if (by < -SWIPE_PIXELS) next();
      else if (by > SWIPE_PIXELS) previous();
    },
  };
}
