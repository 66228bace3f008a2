import { useEffect, useMemo, useState } from 'preact/hooks';
import { usePrompts } from '../gallery/prompts.ts';
import { largeOf } from '../large/picture.tsx';
import { type BatchStore, batchStore } from '../lib/batch-store.ts';
import { exactCredits, visibleText } from '../lib/format.ts';
import { keyOf } from '../lib/keys.ts';
import { address, go } from '../lib/route.ts';
import { announce } from '../lib/say.ts';
import { FailurePanel } from '../parts/failure-panel.tsx';
import { Glyph } from '../parts/glyph.tsx';
import { useFlicker } from './flicker.ts';

type Mode = 'side' | 'slider' | 'flicker';

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

function Compare({ store, places }: { readonly store: BatchStore; readonly places: readonly number[] }) {
  const [mode, setMode] = useState<Mode>('side');
  const [zoom, setZoom] = useState(1);
  const [pan, setPan] = useState({ x: 50, y: 50 });
  const [split, setSplit] = useState(50);
  const flick = useFlicker(mode === 'flicker', places.length);
  const index = store.index.value;
  const row = index?.row[places[0] ?? 0] ?? 0;
  const prompts = usePrompts(store, headLayout(places), [0]);
  const differing = useMemo(() => differingOf(store, places), [store, places]);
  useEffect(() => {
    document.title = `Compare row ${row} · pressrun`;
    document.querySelector<HTMLElement>('main.compare')?.focus();
  }, [row]);

  function pick(nth: number): void {
    const place = places[nth];
    if (place === undefined) return;
    const isPicked = store.marks.value.get(place)?.mark === 'picked';
    store.setMarks([place], isPicked ? null : 'picked');
    announce(`${index?.name[place]} ${isPicked ? 'cleared' : 'picked'}`);
  }

  function toRow(step: 1 | -1): void {
    if (index === undefined) return;
    const variants = places.map((place) => index.variant[place] ?? 1);
    for (let next = row + step; next >= 1 && next <= (index.row.at(-1) ?? 0); next += step) {
      if (!variants.every((variant) => store.placeOf(next, variant) !== undefined)) continue;
      go(`/b/${store.id}/compare?i=${variants.map((variant) => `${next}/${variant}`).join(',')}`, 'replace');
      return;
    }
  }

  function onKeyDown(event: KeyboardEvent): void {
    const key = keyOf(event);
    const actions: Record<string, () => void> = {
      f: () => setMode(mode === 'flicker' ? 'side' : 'flicker'),
      s: () => setMode(mode === 'slider' ? 'side' : 'slider'),
      ArrowUp: () => toRow(-1),
      ArrowDown: () => toRow(1),
      ArrowLeft: () => setSplit(Math.max(0, split - 5)),
      ArrowRight: () => setSplit(Math.min(100, split + 5)),
      '=': () => setZoom(Math.min(8, zoom * 1.5)),
      '-': () => setZoom(Math.max(1, zoom / 1.5)),
      Escape: () => go(`/b/${store.id}`),
    };
    const action =
      key !== undefined && /^[1-4]$/.test(key) ? () => pick(Number(key) - 1) : actions[key ?? ''];
    if (action === undefined) return;
    event.preventDefault();
    action();
  }

  const isSame = places.every((place) => index?.row[place] === row);
  const picture = (place: number) => ({
    src: largeOf(store, place),
    style: { transform: `scale(${zoom})`, transformOrigin: `${pan.x}% ${pan.y}%` },
  });
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: the keys of this view belong to it.
    <main class="compare" tabIndex={0} onKeyDown={onKeyDown}>
      <header class="row compare-bar">
        <a class="button" href={`/b/${store.id}`}>
          ← Back
        </a>
        <h1 class="hidden">Compare</h1>
        <fieldset class="segments">
          <legend class="hidden">Mode</legend>
          {(['side', 'slider', 'flicker'] as const).map((each) => (
            <button key={each} type="button" aria-pressed={mode === each} onClick={() => setMode(each)}>
              {each === 'side' ? 'side by side' : each}
            </button>
          ))}
        </fieldset>
        <label class="check">
          zoom
          <input
            type="range"
            min={1}
            max={8}
            step={0.1}
            value={zoom}
            onInput={(event) => setZoom(Number(event.currentTarget.value))}
          />
        </label>
        <span class="row end">
          {isSame && (
            <>
              <button type="button" aria-label="Previous row" onClick={() => toRow(-1)}>
                ‹
              </button>
              row {row}
              <button type="button" aria-label="Next row" onClick={() => toRow(1)}>
                ›
              </button>
            </>
          )}
        </span>
        <p class="dim words prompt">{visibleText(prompts.get(places[0] ?? -1) ?? '')}</p>
      </header>
      <div
        class={`columns ${mode}`}
        onPointerMove={(event) => {
          const target = event.target instanceof Element ? event.target.closest('.pane') : null;
          if (target === null || (mode !== 'side' && mode !== 'slider')) return;
          const box = target.getBoundingClientRect();
          const x = ((event.clientX - box.left) / box.width) * 100;
          if (mode === 'slider' && event.buttons === 1) setSplit(x);
          if (zoom > 1) setPan({ x, y: ((event.clientY - box.top) / box.height) * 100 });
        }}
      >
        {mode === 'side' &&
          places.map((place, nth) => (
            <figure key={place} class={store.marks.value.get(place)?.mark ?? ''}>
              <figcaption class="row">
                <kbd>{nth + 1}</kbd>
                <b class="cut">{differing(place)}</b>
                <span class="end">{exactCredits(index?.creditsMicro[place] ?? 0)}</span>
                <button
                  type="button"
                  class="pick-star"
                  aria-pressed={store.marks.value.get(place)?.mark === 'picked'}
                  aria-label={`Pick ${nth + 1}`}
                  onClick={() => pick(nth)}
                >
                  <Glyph name="star" />
                </button>
              </figcaption>
              <div class="pane">
                {hasImage(store, place) ? (
                  <img alt={visibleText(index?.name[place] ?? '')} {...picture(place)} />
                ) : (
                  <NoImage />
                )}
              </div>
            </figure>
          ))}
        {mode === 'slider' && (
          <div class="pane over">
            <img alt={differing(places[0] ?? 0)} {...picture(places[0] ?? 0)} />
            <div class="top-layer" style={{ clipPath: `inset(0 0 0 ${split}%)` }}>
              <img alt={differing(places[1] ?? 0)} {...picture(places[1] ?? 0)} />
            </div>
            <input
              type="range"
              class="split"
              aria-label="Where the pictures meet"
              value={split}
              onInput={(event) => setSplit(Number(event.currentTarget.value))}
            />
            <span class="label left">{differing(places[0] ?? 0)}</span>
            <span class="label right">{differing(places[1] ?? 0)}</span>
          </div>
        )}
        {mode === 'flicker' && (
          <div class="pane over">
            <img key={flick} alt={differing(places[flick] ?? 0)} {...picture(places[flick] ?? 0)} />
            <span class="label left">{differing(places[flick] ?? 0)}</span>
          </div>
        )}
      </div>
    </main>
  );
}

function NoImage() {
  return (
    <p class="state none">
      <Glyph name="waiting" /> no image
    </p>
  );
}

function hasImage({ index }: BatchStore, place: number): boolean {
  return 'dr'.includes(index.value?.state[place] ?? '');
}

/** Names a column by what differs: only settings that are not the same in all. */
function differingOf({ index }: BatchStore, places: readonly number[]): (place: number) => string {
  const known = index.value;
  const axes = (known?.axes ?? []).filter(
    ({ value }) => new Set(places.map((place) => value[place])).size > 1,
  );
  return (place) => {
    const words = axes.map(({ values, value }) => values[value[place] ?? -1] ?? '–');
    return words.length > 0 ? words.join(' · ') : visibleText(known?.name[place] ?? '');
  };
}

function headLayout(places: readonly number[]) {
  const line = { kind: 'head', row: 0, places, height: 0 } as const;
  return {
    lines: [line],
    columns: 1,
    tileWidth: 0,
    tileHeight: 0,
    hasCaption: false,
    heads: [],
    cellOf: new Map(),
  };
}
