import { type Signal, signal, batch as together } from '@preact/signals';
import type { BatchIndex, BatchMarks, BatchSummary, ItemChange } from '../../../api/batch.ts';
import { ApiError, getJson, requestJson, wordsOf } from './api.ts';
import { connectLive } from './live.ts';
import { address } from './route.ts';
import { say } from './say.ts';

export type TileMark = 'picked' | 'aside';
export type MarkMap = ReadonlyMap<
  number,
  { readonly mark: TileMark; readonly by: string; readonly at: string }
>;

/** All that the page knows of one batch; its views share it, so that going back is at once. */
export interface BatchStore {
  readonly id: string;
  readonly summary: Signal<BatchSummary | undefined>;
  readonly index: Signal<BatchIndex | undefined>;
  /** Whether the index has all items: at first it has those of one screen. */
  readonly isWhole: Signal<boolean>;
  /** Raised whenever the index has changed in place. */
  readonly revision: Signal<number>;
  /** By place in the index. */
  readonly marks: Signal<MarkMap>;
  readonly problem: Signal<ApiError | undefined>;
  placeOf(row: number, variant: number): number | undefined;
  setMarks(places: readonly number[], mark: TileMark | null): void;
  undo(): boolean;
  /** Keeps it live until the function that it gives is called. */
  watch(): () => void;
}

const MOST_UNDO = 50;
const MOST_MARKS = 500;
/** Fills a large screen. */
const FIRST_ITEMS = 120;
let latest: BatchStore | undefined;

export function batchStore(id: string): BatchStore {
  if (latest?.id !== id) latest = createBatchStore(id);
  return latest;
}

function createBatchStore(id: string): BatchStore {
  const path = `/api/v1/batches/${id}`;
  const summary = signal<BatchSummary | undefined>(undefined);
  const index = signal<BatchIndex | undefined>(undefined);
  const isWhole = signal(false);
  const revision = signal(0);
  const marks = signal<MarkMap>(new Map());
  const problem = signal<ApiError | undefined>(undefined);
  let places = new Map<string, number>();
  let marksVersion = -1;
  let unsent = new Map<number, TileMark | null>();
  let sending = false;
  const history: { place: number; before: TileMark | null }[][] = [];

  async function loadIndex(): Promise<void> {
    show(await getJson<BatchIndex>(`${path}/index`), true);
  }

  function show(loaded: BatchIndex, whole: boolean): void {
    places = new Map(loaded.row.map((row, place) => [`${row}/${loaded.variant[place]}`, place]));
    together(() => {
      index.value = loaded;
      isWhole.value = whole;
      revision.value += 1;
    });
  }

  async function loadMarks(): Promise<void> {
    const loaded = await getJson<BatchMarks>(`${path}/marks`);
    marksVersion = loaded.version;
    const known = loaded.marks.flatMap(({ row, variant, mark, by, at }) => {
      const place = places.get(`${row}/${variant}`);
      return place === undefined || unsent.has(place) ? [] : [[place, { mark, by, at }] as const];
    });
    const own = [...marks.value].filter(([place]) => unsent.has(place));
    marks.value = new Map([...known, ...own]);
  }

  async function guarded(load: () => Promise<unknown>): Promise<void> {
    try {
      await load();
      problem.value = undefined;
    } catch (error) {
      if (error instanceof ApiError) problem.value = error;
      else throw error;
    }
  }

  async function load(): Promise<void> {
    await guarded(async () => {
      // A filter or another view needs all items; the grid in row order begins with those on the screen.
      const isPlain = address.value.path === `/b/${id}` && Object.keys(address.value.query).length === 0;
      const [found, first] = await Promise.all([
        getJson<BatchSummary>(path),
        isPlain ? getJson<BatchIndex>(`${path}/index?first=${FIRST_ITEMS}`) : undefined,
      ]);
      together(() => {
        summary.value = found;
        if (first !== undefined) show(first, !first.truncated);
      });
      if (!isWhole.value) await loadIndex();
      await loadMarks();
    });
  }

  function applyChanges(changes: readonly ItemChange[]): void {
    const known = index.value;
    if (known === undefined || !isWhole.value) return;
    const letters = [...known.state];
    for (const [place, letter, code, width, height, creditsMicro, notice, at, sha8] of changes) {
      letters[place] = letter;
      known.code[place] = code;
      known.width[place] = width;
      known.height[place] = height;
      known.creditsMicro[place] = creditsMicro;
      known.notice[place] = notice;
      known.at[place] = at;
      known.sha8[place] = sha8;
    }
    together(() => {
      index.value = { ...known, state: letters.join('') };
      revision.value += 1;
    });
  }

  function setMarks(which: readonly number[], mark: TileMark | null): void {
    history.push(which.map((place) => ({ place, before: marks.value.get(place)?.mark ?? null })));
    if (history.length > MOST_UNDO) history.shift();
    change(which.map((place) => ({ place, mark })));
  }

  function change(changes: readonly { place: number; mark: TileMark | null }[]): void {
    const next = new Map(marks.value);
    for (const { place, mark } of changes) {
      if (mark === null) next.delete(place);
      else next.set(place, { mark, by: 'you', at: new Date().toISOString() });
      unsent.set(place, mark);
    }
    marks.value = next;
    void sendMarks();
  }

  /** What can't be sent is kept and sent later. */
  async function sendMarks(): Promise<void> {
    if (sending || unsent.size === 0) return;
    sending = true;
    const taken = [...unsent].slice(0, MOST_MARKS);
    try {
      const known = index.value;
      const set = taken.map(([place, mark]) => ({
        row: known?.row[place],
        variant: known?.variant[place],
        mark,
      }));
      const { version } = await requestJson<{ version: number }>('PUT', `${path}/marks`, { set });
      marksVersion = version;
      unsent = new Map(
        [...unsent].filter(([place, mark]) => !taken.some(([p, m]) => p === place && m === mark)),
      );
      sending = false;
      if (unsent.size > 0) await sendMarks();
    } catch (error) {
      sending = false;
      say(`Picks are kept here and sent later. ${wordsOf(error)}`);
      window.setTimeout(() => void sendMarks(), 4_000);
    }
  }

  function undo(): boolean {
    const last = history.pop();
    if (last === undefined) return false;
    change(last.map(({ place, before }) => ({ place, mark: before })));
    return true;
  }

  function watch(): () => void {
    if (index.value === undefined) void load();
    return connectLive(id, {
      batch: (value: BatchSummary) => {
        summary.value = value;
      },
      items: ({ changes }: { changes: ItemChange[] }) => applyChanges(changes),
      index: ({ version }: { version: string }) => {
        if (isWhole.value && index.value?.version !== version) void guarded(loadIndex);
      },
      marks: ({ version }: { version: number }) => {
        if (isWhole.value && version !== marksVersion) void guarded(loadMarks);
      },
    });
  }

  return {
    id,
    summary,
    index,
    isWhole,
    revision,
    marks,
    problem,
    placeOf: (row, variant) => places.get(`${row}/${variant}`),
    setMarks,
    undo,
    watch,
  };
}
