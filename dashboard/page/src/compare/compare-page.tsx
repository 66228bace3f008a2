import { useEffect, useState } from 'preact/hooks';
import { type BatchStore, batchStore } from '../lib/batch-store.ts';
import { keyOf } from '../lib/keys.ts';
import { address, go } from '../lib/route.ts';
import { FailurePanel } from '../parts/failure-panel.tsx';
import { CompareBar } from './compare-bar.tsx';
import { type Mode, useCrop } from './crop.ts';
import { type CompareProps, Flicker, SideBySide, Slider, togglePick } from './modes.tsx';

/** Two to four images side by side, with the same crop in all. */
export function ComparePage({ batch }: { readonly batch: string }) {
  const store = batchStore(batch);
  useEffect(() => store.watch(), [store]);
  if (store.index.value === undefined) {
    return store.problem.value === undefined ? (
      <main class="compare" />
    ) : (
      <FailurePanel error={store.problem.value} />
    );
  }
  const refs = (address.value.query.i ?? '').split(',').map((part) => part.split('/').map(Number));
  const places = refs.flatMap(([row = 0, variant = 0]) => {
    const place = store.placeOf(row, variant);
    return place === undefined ? [] : [place];
  });
  if (places.length < 2) {
    return (
      <main class="scrolls">
        <div class="sheet panel">
          <h1>Select 2 to 4 images to compare.</h1>
          <a href={`/b/${batch}`}>Back to the batch</a>
        </div>
      </main>
    );
  }
  return <Compare store={store} places={places.slice(0, 4)} />;
}

function Compare({ store, places }: CompareProps) {
  const [mode, setMode] = useState<Mode>('side');
  const crop = useCrop();
  const [split, setSplit] = useState(50);
  const index = store.index.value;
  const row = index?.row[places[0] ?? 0] ?? 0;
  useEffect(() => {
    document.title = `Compare row ${row} · pressrun`;
    document.querySelector<HTMLElement>('main.compare')?.focus();
  }, [row]);
  const toRow = (step: 1 | -1) => openRow(store, places, row, step);
  const toggle = (other: Mode) => setMode(mode === other ? 'side' : other);
  const keys: Readonly<Record<string, () => void>> = {
    f: () => toggle('flicker'),
    s: () => toggle('slider'),
    ArrowUp: () => toRow(-1),
    ArrowDown: () => toRow(1),
    ArrowLeft: () => setSplit(Math.max(0, split - 5)),
    ArrowRight: () => setSplit(Math.min(100, split + 5)),
    '=': () => crop.zoomBy(1.5),
    '-': () => crop.zoomBy(1 / 1.5),
    Escape: () => go(`/b/${store.id}`),
    ...Object.fromEntries(places.map((place, nth) => [String(nth + 1), () => togglePick(store, place)])),
  };
  return (
    <main
      class="compare"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the keys of this view belong to it.
      tabIndex={0}
      onKeyDown={(event) => {
        const act = keys[keyOf(event) ?? ''];
        if (act === undefined) return;
        event.preventDefault();
        act();
      }}
    >
      <CompareBar {...{ store, places, row, mode, crop }} onMode={setMode} onRow={toRow} />
      <div
        class={`columns ${mode}`}
        onPointerMove={(event) => {
          const at = pointIn(event);
          if (at === undefined || mode === 'flicker') return;
          if (mode === 'slider' && event.buttons === 1) setSplit(at.x);
          crop.panTo(at);
        }}
      >
        {mode === 'side' && <SideBySide {...{ store, places, crop }} />}
        {mode === 'slider' && <Slider {...{ store, places, crop, split }} onSplit={setSplit} />}
        {mode === 'flicker' && <Flicker {...{ store, places, crop }} />}
      </div>
    </main>
  );
}

/** The same variants of the next row that has them all, or of the one before. */
function openRow({ id, index, placeOf }: BatchStore, places: readonly number[], row: number, step: 1 | -1) {
  const known = index.value;
  if (known === undefined) return;
  const variants = places.map((place) => known.variant[place] ?? 1);
  const last = known.row.at(-1) ?? 0;
  for (let next = row + step; next >= 1 && next <= last; next += step) {
    if (!variants.every((variant) => placeOf(next, variant) !== undefined)) continue;
    go(`/b/${id}/compare?i=${variants.map((variant) => `${next}/${variant}`).join(',')}`, 'replace');
    return;
  }
}

/** Where in its pane the pointer is, in percent. */
function pointIn({ target, clientX, clientY }: MouseEvent): { x: number; y: number } | undefined {
  const pane = target instanceof Element ? target.closest('.pane') : null;
  if (pane === null) return undefined;
  const { left, top, width, height } = pane.getBoundingClientRect();
  return { x: ((clientX - left) / width) * 100, y: ((clientY - top) / height) * 100 };
}
