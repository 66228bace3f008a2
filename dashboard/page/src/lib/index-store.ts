import { type Signal, signal, batch as together } from '@preact/signals';
import type { BatchIndex, ItemChange } from '../../../api/batch.ts';
import { getJson } from './api.ts';

/** The items of one batch, in columns. */
export interface IndexStore {
  readonly index: Signal<BatchIndex | undefined>;
  /** Whether the index has all items: at first it has those of one screen. */
  readonly isWhole: Signal<boolean>;
  /** Raised whenever the index has changed. */
  readonly revision: Signal<number>;
  placeOf(row: number, variant: number): number | undefined;
  /** So many items, long before all are read. */
  first(count: number): Promise<BatchIndex>;
  load(): Promise<void>;
  show(loaded: BatchIndex, whole: boolean): void;
  change(changes: readonly ItemChange[]): void;
}

export function createIndexStore(path: string): IndexStore {
  const index = signal<BatchIndex | undefined>(undefined);
  const isWhole = signal(false);
  const revision = signal(0);
  let places = new Map<string, number>();

  function show(loaded: BatchIndex, whole: boolean): void {
    places = new Map(loaded.row.map((row, place) => [`${row}/${loaded.variant[place]}`, place]));
    together(() => {
      index.value = loaded;
      isWhole.value = whole;
      revision.value += 1;
    });
  }

  return {
    index,
    isWhole,
    revision,
    placeOf: (row, variant) => places.get(`${row}/${variant}`),
    first: (count) => getJson<BatchIndex>(`${path}?first=${count}`),
    load: async () => show(await getJson<BatchIndex>(path), true),
    show,
    change: (changes) => {
      const known = index.value;
      if (known === undefined || !isWhole.value) return;
      const changed = changedIndex(known, changes);
      together(() => {
        index.value = changed;
        revision.value += 1;
      });
    },
  };
}

/** An index with some of its items as they are now. Its columns are changed in place: they are long. */
function changedIndex(index: BatchIndex, changes: readonly ItemChange[]): BatchIndex {
  const letters = [...index.state];
  for (const [place, letter, code, width, height, creditsMicro, notice, at, sha8] of changes) {
    letters[place] = letter;
    index.code[place] = code;
    index.width[place] = width;
    index.height[place] = height;
    index.creditsMicro[place] = creditsMicro;
    index.notice[place] = notice;
    index.at[place] = at;
    index.sha8[place] = sha8;
  }
  return { ...index, state: letters.join('') };
}
