import type { GalleryState } from './gallery-state.ts';
import { moved } from './moves.ts';

export type GridSelection = ReturnType<typeof createSelection>;

/** Where the focus is and what is selected: what a key or a button is meant for. */
export function createSelection(state: GalleryState) {
  const { focused, selected, anchor } = state;

  function select(places: Iterable<number>): void {
    selected.value = new Set(places);
  }

  /** Of what the filter shows, in its order. */
  function range(to: number): void {
    const places = state.places.value;
    const from = anchor.value >= 0 ? anchor.value : focused.value;
    const [a, b] = [places.indexOf(from), places.indexOf(to)];
    if (a >= 0 && b >= 0) select(places.slice(Math.min(a, b), Math.max(a, b) + 1));
  }

  function toggle(place: number): void {
    const next = new Set(selected.value);
    if (!next.delete(place)) next.add(place);
    selected.value = next;
    anchor.value = place;
  }

  /** Whether it was a key that moves the focus; with Shift it takes the selection with it. */
  function move(key: string, extends_: boolean): boolean {
    const to = moved(state.layout.value, state.places.value, focused.value, key, linesOfPage(state));
    if (to === undefined) return false;
    if (extends_ && anchor.value < 0) anchor.value = focused.value;
    focused.value = to;
    if (extends_) range(to);
    else anchor.value = -1;
    return true;
  }

  /** A click on what had no focus before. */
  function click(place: number, before: number, event: MouseEvent): void {
    if (event.shiftKey) {
      if (anchor.value < 0) anchor.value = before;
      range(place);
    } else if (event.ctrlKey || event.metaKey) {
      toggle(place);
    } else {
      select([]);
      anchor.value = place;
    }
  }

  return {
    select,
    toggle,
    move,
    click,
    /** What is selected, or else what has the focus. */
    meant: (): number[] => {
      if (selected.value.size > 0) return [...selected.value];
      return focused.value >= 0 ? [focused.value] : [];
    },
  };
}

function linesOfPage({ layout }: GalleryState): number {
  return Math.max(1, Math.floor(window.innerHeight / (layout.value.tileHeight + 32)) - 1);
}
