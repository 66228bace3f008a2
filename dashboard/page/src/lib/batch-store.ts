import { type Signal, signal, batch as together } from '@preact/signals';
import type { BatchIndex, BatchSummary, ItemChange } from '../../../api/batch.ts';
import { ApiError, getJson } from './api.ts';
import { firstPictures } from './first-pictures.ts';
import { createIndexStore } from './index-store.ts';
import { connectLive } from './live.ts';
import { createMarksStore, type MarkMap, type TileMark } from './marks-store.ts';
import { address } from './route.ts';

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
  const problem = signal<ApiError | undefined>(undefined);
  const items = createIndexStore(`${path}/index`);
  const own = createMarksStore(`${path}/marks`, items);
  const { index, isWhole } = items;

  async function load(): Promise<void> {
    // A filter or another view needs all items; the grid in row order begins with those on the screen.
    const isPlain = address.value.path === `/b/${id}` && Object.keys(address.value.query).length === 0;
    const [found, first] = await Promise.all([
      getJson<BatchSummary>(path),
      isPlain ? items.first(FIRST_ITEMS) : undefined,
    ]);
    together(() => {
      summary.value = found;
      if (first !== undefined) items.show(first, !first.truncated);
    });
    if (first !== undefined && !isWhole.value) await firstPictures();
    if (!isWhole.value) await items.load();
    await own.load();
    // A view may show the picks alone: what is shown is chosen anew with the first marks.
    items.revision.value += 1;
  }

  async function guarded(act: () => Promise<unknown>): Promise<void> {
    try {
      await act();
      problem.value = undefined;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      problem.value = error;
    }
  }

  /** The stream begins once all is loaded: the server reads a batch for whoever follows it. */
  function watch(): () => void {
    let isLeft = false;
    let close = () => {};
    const loaded = index.value === undefined ? guarded(load) : Promise.resolve();
    void loaded.then(() => {
      if (!isLeft) close = connect();
    });
    return () => {
      isLeft = true;
      close();
    };
  }

  function connect(): () => void {
    return connectLive(id, {
      batch: (value: BatchSummary) => {
        summary.value = value;
      },
      items: ({ changes }: { changes: ItemChange[] }) => items.change(changes),
      index: ({ version }: { version: string }) => {
        if (isWhole.value && index.value?.version !== version) void guarded(items.load);
      },
      marks: ({ version }: { version: number }) => {
        if (isWhole.value && version !== own.version()) void guarded(own.load);
      },
    });
  }

  const { revision, placeOf } = items;
  const { marks, set: setMarks, undo } = own;
  return { id, summary, index, isWhole, revision, marks, problem, placeOf, setMarks, undo, watch };
}
