import { signal } from '@preact/signals';
import type { BatchStore, TileMark } from '../lib/batch-store.ts';
import { counted } from '../lib/format.ts';
import { keyOf } from '../lib/keys.ts';
import { address, go, withQuery } from '../lib/route.ts';
import { announce, say } from '../lib/say.ts';
import type { GalleryState } from './gallery-state.ts';
import { moved } from './moves.ts';

/** What the gallery's dialogs are opened with. */
export type GalleryDialog =
  | { readonly kind: 'promote'; readonly places: readonly number[] | 'picked'; readonly edits: boolean }
  | { readonly kind: 'retry'; readonly places: readonly number[] };

export type GalleryActions = ReturnType<typeof createGalleryActions>;

/** The row at the top of the screen. */
export const seenRow = signal<number | undefined>(undefined);

export function createGalleryActions(
  store: BatchStore,
  state: GalleryState,
  open: (dialog: GalleryDialog) => void,
) {
  let waitsForView = false;

  function meant(): number[] {
    const { selected, focused } = state;
    return selected.value.size > 0 ? [...selected.value] : focused.value >= 0 ? [focused.value] : [];
  }

  function mark(value: TileMark | null): void {
    const places = meant();
    const isOn = value !== null && places.every((place) => store.marks.value.get(place)?.mark === value);
    store.setMarks(places, isOn ? null : value);
    const word = isOn || value === null ? 'cleared' : value === 'picked' ? 'picked' : 'set aside';
    announce(`${places.length === 1 ? nameOf(places[0]) : `${places.length} images`} ${word}`);
  }

  function nameOf(place = -1): string {
    return store.index.value?.name[place] ?? '';
  }

  function openLarge(place: number): void {
    const index = store.index.value;
    if (index === undefined || place < 0) return;
    const { query } = address.value;
    const text = new URLSearchParams(query).toString();
    go(`/b/${store.id}/i/${index.row[place]}/${index.variant[place]}${text === '' ? '' : `?${text}`}`);
  }

  function compare(): void {
    const index = store.index.value;
    if (index === undefined) return;
    const chosen = meant();
    const row = index.row[chosen[0] ?? 0];
    const places =
      chosen.length > 1 ? chosen : state.places.value.filter((place) => index.row[place] === row);
    if (places.length < 2) {
      say('Select 2 to 4 images to compare: Ctrl+click, or Space.');
      return;
    }
    if (places.length > 4 && chosen.length > 4) say('Comparing the first 4.');
    const refs = places.slice(0, 4).map((place) => `${index.row[place]}/${index.variant[place]}`);
    go(`/b/${store.id}/compare?i=${refs.join(',')}`);
  }

  function select(places: Iterable<number>): void {
    state.selected.value = new Set(places);
  }

  /** Of what the filter shows, in its order. */
  function selectRange(to: number): void {
    const places = state.places.value;
    const from = state.anchor.value >= 0 ? state.anchor.value : state.focused.value;
    const [a, b] = [places.indexOf(from), places.indexOf(to)];
    if (a >= 0 && b >= 0) select(places.slice(Math.min(a, b), Math.max(a, b) + 1));
  }

  function move(key: string, extends_: boolean): boolean {
    const to = moved(state.layout.value, state.places.value, state.focused.value, key, pageLines());
    if (to === undefined) return false;
    if (extends_ && state.anchor.value < 0) state.anchor.value = state.focused.value;
    state.focused.value = to;
    if (extends_) selectRange(to);
    else state.anchor.value = -1;
    return true;
  }

  function pageLines(): number {
    const { layout } = state;
    return Math.max(1, Math.floor(window.innerHeight / (layout.value.tileHeight + 32)) - 1);
  }

  function byLetter(key: string): boolean {
    if (waitsForView) {
      waitsForView = false;
      const group = { r: 'row', m: 'axis:model', t: 'tag', 0: '' }[key];
      if (group !== undefined) go(withQuery({ group }), 'replace');
      return group !== undefined;
    }
    switch (key) {
      case 'p':
        mark('picked');
        return true;
      case 'x':
        mark('aside');
        return true;
      case 'u':
        mark(null);
        return true;
      case 'c':
        compare();
        return true;
      case 'v':
        waitsForView = true;
        return true;
      case 'r':
        return withFailed((places) => open({ kind: 'retry', places }));
      case 'e':
        return withFailed((places) => open({ kind: 'promote', places, edits: true }));
      case '-':
      case '=':
        state.tile.value = Math.min(420, Math.max(110, state.tile.value + (key === '-' ? -40 : 40)));
        return true;
      case ' ':
        toggle(state.focused.value);
        return true;
      case 'Enter':
        openLarge(state.focused.value);
        return true;
      case 'Ctrl+z':
        say(store.undo() ? 'Undid the last mark.' : 'Nothing to undo.');
        return true;
      case 'Ctrl+a':
        select(state.places.value);
        announce(`${counted(state.places.value.length)} selected`);
        return true;
      case 'Escape':
        return clear();
    }
    return false;
  }

  function withFailed(act: (places: number[]) => void): boolean {
    const places = meant().filter((place) => 'fc'.includes(store.index.value?.state[place] ?? ''));
    if (places.length > 0) act(places);
    return places.length > 0;
  }

  function toggle(place: number): void {
    const next = new Set(state.selected.value);
    if (!next.delete(place)) next.add(place);
    state.selected.value = next;
    state.anchor.value = place;
  }

  function clear(): boolean {
    if (state.selected.value.size > 0) {
      select([]);
      return true;
    }
    go(address.value.path, 'replace');
    return true;
  }

  function onKeyDown(event: KeyboardEvent): void {
    const key = keyOf(event);
    if (key === undefined) return;
    const isShifted = key.startsWith('Shift+') && key.length > 'Shift+x'.length;
    const isDone = move(isShifted ? key.slice('Shift+'.length) : key, isShifted) || byLetter(key);
    if (isDone) event.preventDefault();
  }

  function onClick(event: MouseEvent): void {
    const target = event.target instanceof Element ? event.target : undefined;
    const place = placeAt(target);
    if (place === undefined) return;
    const does = target?.closest<HTMLElement>('[data-does]')?.dataset.does;
    const before = state.focused.value;
    state.focused.value = place;
    if (does === 'pick') {
      const isPicked = store.marks.value.get(place)?.mark === 'picked';
      store.setMarks([place], isPicked ? null : 'picked');
      announce(`${nameOf(place)} ${isPicked ? 'cleared' : 'picked'}`);
    } else if (does === 'retry') open({ kind: 'retry', places: [place] });
    else if (does === 'edit') open({ kind: 'promote', places: [place], edits: true });
    else if (event.shiftKey) {
      if (state.anchor.value < 0) state.anchor.value = before;
      selectRange(place);
    } else if (event.ctrlKey || event.metaKey) toggle(place);
    else if (matchMedia('(pointer: coarse)').matches) openLarge(place);
    else {
      select([]);
      state.anchor.value = place;
    }
  }

  return {
    onKeyDown,
    onClick,
    onDoubleClick: (event: MouseEvent) => {
      const place = placeAt(event.target instanceof Element ? event.target : undefined);
      if (place !== undefined && !(event.target as Element).closest('[data-does]')) openLarge(place);
    },
    onFocus: (event: FocusEvent) => {
      const place = placeAt(event.target instanceof Element ? event.target : undefined);
      if (place !== undefined) state.focused.value = place;
    },
    reveal: () => {
      const place = state.focused.peek();
      state.focused.value = -2;
      state.focused.value = place;
    },
    seen: (row: number | undefined) => {
      queueMicrotask(() => {
        seenRow.value = row;
      });
    },
    compare,
    openLarge,
  };
}

function placeAt(target: Element | undefined): number | undefined {
  const text = target?.closest<HTMLElement>('[data-place]')?.dataset.place;
  return text === undefined ? undefined : Number(text);
}
