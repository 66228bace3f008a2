import { useMemo } from 'preact/hooks';
import { largeOf } from '../large/picture.tsx';
import type { BatchStore } from '../lib/batch-store.ts';
import { exactCredits, visibleText } from '../lib/format.ts';
import { announce } from '../lib/say.ts';
import { Glyph } from '../parts/glyph.tsx';
import type { Crop } from './crop.ts';
import { useFlicker } from './flicker.ts';

export interface CompareProps {
  readonly store: BatchStore;
  readonly places: readonly number[];
}

interface ModeProps extends CompareProps {
  readonly crop: Crop;
}

export function SideBySide({ store, places, crop }: ModeProps) {
  const nameOf = useDifferences(store, places);
  const index = store.index.value;
  return places.map((place, nth) => (
    <figure key={place} class={store.marks.value.get(place)?.mark ?? ''}>
      <figcaption class="row">
        <kbd>{nth + 1}</kbd>
        <b class="cut">{nameOf(place)}</b>
        <span class="end">{exactCredits(index?.creditsMicro[place] ?? 0)}</span>
        <button
          type="button"
          class="pick-star"
          aria-pressed={store.marks.value.get(place)?.mark === 'picked'}
          aria-label={`Pick ${nth + 1}`}
          onClick={() => togglePick(store, place)}
        >
          <Glyph name="star" />
        </button>
      </figcaption>
      <div class="pane">
        <Cropped {...{ store, place, crop }} alt={visibleText(index?.name[place] ?? '')} />
      </div>
    </figure>
  ));
}

interface SliderProps extends ModeProps {
  /** Where the first image ends and the second begins, in percent. */
  readonly split: number;
  readonly onSplit: (split: number) => void;
}

export function Slider({ store, places, crop, split, onSplit }: SliderProps) {
  const nameOf = useDifferences(store, places);
  const [left = 0, right = 0] = places;
  return (
    <div class="pane over">
      <Cropped {...{ store, crop }} place={left} alt={nameOf(left)} />
      <div class="top-layer" style={{ clipPath: `inset(0 0 0 ${split}%)` }}>
        <Cropped {...{ store, crop }} place={right} alt={nameOf(right)} />
      </div>
      <input
        type="range"
        class="split"
        aria-label="Where the pictures meet"
        value={split}
        onInput={(event) => onSplit(Number(event.currentTarget.value))}
      />
      <span class="label left">{nameOf(left)}</span>
      <span class="label right">{nameOf(right)}</span>
    </div>
  );
}

export function Flicker({ store, places, crop }: ModeProps) {
  const nameOf = useDifferences(store, places);
  const place = places[useFlicker(places.length)] ?? 0;
  return (
    <div class="pane over">
      <Cropped key={place} {...{ store, place, crop }} alt={nameOf(place)} />
      <span class="label left">{nameOf(place)}</span>
    </div>
  );
}

export function togglePick(store: BatchStore, place: number): void {
  const isPicked = store.marks.value.get(place)?.mark === 'picked';
  store.setMarks([place], isPicked ? null : 'picked');
  announce(`${store.index.value?.name[place]} ${isPicked ? 'cleared' : 'picked'}`);
}

interface CroppedProps {
  readonly store: BatchStore;
  readonly place: number;
  readonly crop: Crop;
  readonly alt: string;
}

function Cropped({ store, place, crop, alt }: CroppedProps) {
  if ('dr'.includes(store.index.value?.state[place] ?? '')) {
    return <img src={largeOf(store, place)} alt={alt} style={crop.style} />;
  }
  return (
    <p class="state none">
      <Glyph name="waiting" /> no image
    </p>
  );
}

/** Names a column by what differs: only settings that are not the same in all. */
function useDifferences({ index }: BatchStore, places: readonly number[]): (place: number) => string {
  const known = index.value;
  const axes = useMemo(
    () => known?.axes.filter(({ value }) => new Set(places.map((place) => value[place])).size > 1) ?? [],
    [known, places],
  );
  return (place) => {
    const words = axes.map(({ values, value }) => values[value[place] ?? -1] ?? '–');
    return words.length > 0 ? words.join(' · ') : visibleText(known?.name[place] ?? '');
  };
}
