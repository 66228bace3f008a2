import { type Signal, signal } from '@preact/signals';
import type { BatchIndex, BatchMarks } from '../../../api/batch.ts';
import { getJson, requestJson, wordsOf } from './api.ts';
import type { IndexStore } from './index-store.ts';
import { say } from './say.ts';

export type TileMark = 'picked' | 'aside';
export type MarkMap = ReadonlyMap<
  number,
  { readonly mark: TileMark; readonly by: string; readonly at: string }
>;

interface MarkChange {
  readonly place: number;
  readonly mark: TileMark | null;
}

/** The marks of one batch, by place in its index. */
interface MarksStore {
  readonly marks: Signal<MarkMap>;
  /** Which version of the server's marks is shown. */
  version(): number;
  load(): Promise<void>;
  set(places: readonly number[], mark: TileMark | null): void;
  undo(): boolean;
}

const MOST_UNDO = 50;
const MOST_SENT = 500;
const AGAIN_MS = 4_000;

/** Own marks are shown at once; what can't be sent is kept and sent later. */
export function createMarksStore(path: string, { index, placeOf }: IndexStore): MarksStore {
  const marks = signal<MarkMap>(new Map());
  const history: (readonly MarkChange[])[] = [];
  let version = -1;
  let unsent: ReadonlyMap<number, TileMark | null> = new Map();
  let sending = false;

  async function load(): Promise<void> {
    const loaded = await getJson<BatchMarks>(path);
    version = loaded.version;
    const known = loaded.marks.flatMap(({ row, variant, mark, by, at }) => {
      const place = placeOf(row, variant);
      return place === undefined || unsent.has(place) ? [] : [[place, { mark, by, at }] as const];
    });
    const own = [...marks.value].filter(([place]) => unsent.has(place));
    marks.value = new Map([...known, ...own]);
  }

  function change(changes: readonly MarkChange[]): void {
    const next = new Map(marks.value);
    for (const { place, mark } of changes) {
      if (mark === null) next.delete(place);
      else next.set(place, { mark, by: 'you', at: new Date().toISOString() });
    }
    marks.value = next;
    unsent = new Map([...unsent, ...changes.map(({ place, mark }) => [place, mark] as const)]);
    void send();
  }

  async function send(): Promise<void> {
    if (sending || unsent.size === 0) return;
    sending = true;
    const taken = new Map([...unsent].slice(0, MOST_SENT));
    try {
      version = await put(path, index.value, taken);
      unsent = new Map([...unsent].filter(([place, mark]) => taken.get(place) !== mark));
      sending = false;
      await send();
    } catch (error) {
      sending = false;
      say(`Picks are kept here and sent later. ${wordsOf(error)}`);
      window.setTimeout(() => void send(), AGAIN_MS);
    }
  }

  return {
    marks,
    version: () => version,
    load,
    set: (places, mark) => {
      history.push(places.map((place) => ({ place, mark: marks.value.get(place)?.mark ?? null })));
      if (history.length > MOST_UNDO) history.shift();
      change(places.map((place) => ({ place, mark })));
    },
    undo: () => {
      const last = history.pop();
      if (last !== undefined) change(last);
      return last !== undefined;
    },
  };
}

/** Gives the version that the server's marks have then. */
async function put(
  path: string,
  index: BatchIndex | undefined,
  changes: ReadonlyMap<number, TileMark | null>,
): Promise<number> {
  const set = [...changes].map(([place, mark]) => ({
    row: index?.row[place],
    variant: index?.variant[place],
    mark,
  }));
  const { version } = await requestJson<{ version: number }>('PUT', path, { set });
  return version;
}
