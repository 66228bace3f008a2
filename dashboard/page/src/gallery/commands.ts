import type { BatchStore } from '../lib/batch-store.ts';
import { counted } from '../lib/format.ts';
import type { TileMark } from '../lib/marks-store.ts';
import { address, go, withQuery } from '../lib/route.ts';
import { announce, say } from '../lib/say.ts';
import { type GalleryState, LARGEST_TILE, SMALLEST_TILE } from './gallery-state.ts';
import type { GridSelection } from './selection.ts';

/** What the gallery's dialogs are opened with. */
export type GalleryDialog =
  | { readonly kind: 'promote'; readonly places: readonly number[] | 'picked'; readonly edits: boolean }
  | { readonly kind: 'retry'; readonly places: readonly number[] };

export type Commands = ReturnType<typeof createCommands>;

const MOST_COMPARED = 4;
const TILE_STEP = 40;
/** After `V`. */
const GROUPS: Readonly<Record<string, string>> = { r: 'row', m: 'axis:model', 0: '' };

/** What can be done with the images of a gallery. */
export function createCommands(
  store: BatchStore,
  state: GalleryState,
  { meant, select }: GridSelection,
  open: (dialog: GalleryDialog) => void,
) {
  const nameOf = (place = -1) => store.index.value?.name[place] ?? '';

  function mark(value: TileMark | null, places = meant()): void {
    if (places.length === 0) return;
    const isOn = value !== null && places.every((place) => store.marks.value.get(place)?.mark === value);
    store.setMarks(places, isOn ? null : value);
    const word = isOn || value === null ? 'cleared' : value === 'picked' ? 'picked' : 'set aside';
    announce(`${places.length === 1 ? nameOf(places[0]) : `${places.length} images`} ${word}`);
  }

  function openLarge(place: number): void {
    const index = store.index.value;
    if (index === undefined || place < 0) return;
    const text = new URLSearchParams(address.value.query).toString();
    go(`/b/${store.id}/i/${index.row[place]}/${index.variant[place]}${text === '' ? '' : `?${text}`}`);
  }

  function compare(): void {
    const index = store.index.value;
    if (index === undefined) return;
    const chosen = meant();
    const row = index.row[chosen[0] ?? 0];
    const ofRow = () => state.places.value.filter((place) => index.row[place] === row);
    const places = chosen.length > 1 ? chosen : ofRow();
    if (places.length < 2) {
      say('Select 2 to 4 images to compare: Ctrl+click, or Space.');
      return;
    }
    if (chosen.length > MOST_COMPARED) say(`Comparing the first ${MOST_COMPARED}.`);
    const refs = places.slice(0, MOST_COMPARED).map((place) => `${index.row[place]}/${index.variant[place]}`);
    go(`/b/${store.id}/compare?i=${refs.join(',')}`);
  }

  /** Of those that are meant, what has no image and can be asked for again; false if there is none. */
  function withFailed(act: (places: number[]) => void): boolean {
    const places = meant().filter((place) => 'fc'.includes(store.index.value?.state[place] ?? ''));
    if (places.length > 0) act(places);
    return places.length > 0;
  }

  return {
    mark,
    openLarge,
    compare,
    retry: () => withFailed((places) => open({ kind: 'retry', places })),
    edit: () => withFailed((places) => open({ kind: 'promote', places, edits: true })),
    resize: (steps: 1 | -1) => {
      const asked = state.tile.value + steps * TILE_STEP;
      state.tile.value = Math.min(LARGEST_TILE, Math.max(SMALLEST_TILE, asked));
    },
    groupBy: (key: string): boolean => {
      const group = GROUPS[key];
      if (group !== undefined) go(withQuery({ group }), 'replace');
      return group !== undefined;
    },
    undo: () => say(store.undo() ? 'Undid the last mark.' : 'Nothing to undo.'),
    selectAll: () => {
      select(state.places.value);
      announce(`${counted(state.places.value.length)} selected`);
    },
    /** The selection first, then the filter. */
    clear: () => {
      if (state.selected.value.size > 0) select([]);
      else go(address.value.path, 'replace');
    },
  };
}
