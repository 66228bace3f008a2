import { computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { getJson } from '../lib/api.ts';
import type { BatchStore } from '../lib/batch-store.ts';
import { address } from '../lib/route.ts';
import { type Frame, type Layout, layoutOf } from './layout.ts';
import { placesOf, type View, viewOf } from './view.ts';

const TILE = 'pressrun-tile';
const FIRST_TILE = 216;
export const SMALLEST_TILE = 110;
export const LARGEST_TILE = 420;

/** What a gallery shows and where its user is; kept while the page is open, so that Back returns to the same place. */
export interface GalleryState {
  readonly view: ReadonlySignal<View>;
  readonly places: ReadonlySignal<readonly number[]>;
  readonly layout: ReadonlySignal<Layout>;
  readonly frame: Signal<Frame>;
  readonly tile: Signal<number>;
  readonly focused: Signal<number>;
  readonly selected: Signal<ReadonlySet<number>>;
  readonly scrollTop: { value: number };
  /** Where a range begins. */
  readonly anchor: { value: number };
  dispose(): void;
}

let latest: { readonly id: string; readonly state: GalleryState } | undefined;

export function galleryState(store: BatchStore): GalleryState {
  if (latest?.id !== store.id) {
    latest?.state.dispose();
    latest = { id: store.id, state: createGalleryState(store) };
  }
  return latest.state;
}

function createGalleryState(store: BatchStore): GalleryState {
  const view = computed(() => viewOf(address.value.query), { name: 'view' });
  const viewText = computed(() => JSON.stringify(view.value));
  const found = signal<ReadonlySet<number> | undefined>(undefined);
  const frame = signal<Frame>({ width: 1_000, tile: FIRST_TILE, isNarrow: false });
  const tile = signal(Number(localStorage.getItem(TILE)) || FIRST_TILE);
  const place = `pressrun-place-${store.id}`;
  const focused = signal(-1);
  const selected = signal<ReadonlySet<number>>(new Set());

  // A mark moves nothing: what is shown is reread only if the view changes, or items do.
  const marksThen = computed(() => {
    void viewText.value;
    void store.revision.value;
    return store.marks.peek();
  });
  const places = computed<readonly number[]>(() => {
    const index = store.index.value;
    void viewText.value;
    if (index === undefined) return [];
    return placesOf(index, marksThen.value, view.peek(), view.peek().q === '' ? undefined : found.value);
  });
  const layout = computed(() => {
    const index = store.index.value;
    const size = { ...frame.value, tile: tile.value };
    if (index === undefined) return layoutOf(EMPTY, [], '', size);
    return layoutOf(index, places.value, JSON.parse(viewText.value).group, size);
  });

  const query = computed(() => view.value.q);
  const disposers = [
    effect(() => {
      const q = query.value;
      void store.revision.value;
      if (q === '') {
        found.value = undefined;
        return;
      }
      getJson<{ places: number[] }>(`/api/v1/batches/${store.id}/search?q=${encodeURIComponent(q)}`).then(
        (answer) => {
          if (query.peek() === q) found.value = new Set(answer.places);
        },
        () => undefined,
      );
    }),
    effect(() => localStorage.setItem(TILE, String(tile.value))),
    effect(() => {
      const index = store.index.value;
      if (index === undefined || !store.isWhole.value) return;
      if (focused.peek() === -1) focused.value = store.placeOf(...savedRef(place)) ?? 0;
      const at = focused.value;
      localStorage.setItem(place, `${index.row[at] ?? 1}/${index.variant[at] ?? 1}`);
    }),
  ];

  return {
    view,
    places,
    layout,
    frame,
    tile,
    focused,
    selected,
    scrollTop: { value: 0 },
    anchor: { value: -1 },
    dispose: () => {
      for (const dispose of disposers) dispose();
    },
  };
}

function savedRef(name: string): [row: number, variant: number] {
  const [row = 1, variant = 1] = (localStorage.getItem(name) ?? '1/1').split('/').map(Number);
  return [row, variant];
}

const EMPTY = {
  version: '',
  count: 0,
  truncated: false,
  row: [],
  variant: [],
  name: [],
  state: '',
  code: [],
  model: [],
  width: [],
  height: [],
  creditsMicro: [],
  notice: [],
  tags: [],
  at: [],
  sha8: [],
  dict: { models: [], codes: [], notices: [], tags: [] },
  axes: [],
};
