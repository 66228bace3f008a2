import type { GalleryState } from '../gallery/gallery-state.ts';
import type { BatchStore } from '../lib/batch-store.ts';
import { counted, visibleText } from '../lib/format.ts';
import type { Look } from './look.ts';
import { originalOf } from './picture.tsx';

interface LargeBarProps {
  readonly store: BatchStore;
  readonly state: GalleryState;
  readonly place: number;
  readonly look: Look;
  readonly onClose: () => void;
}

/** Which image it is, and how it is shown. */
export function LargeBar({ store, state, place, look, onClose }: LargeBarProps) {
  const index = store.index.value;
  const places = state.places.value;
  return (
    <header class="large-bar">
      <button type="button" class="plain" onClick={onClose}>
        ← Back to row {counted(index?.row[place] ?? 0)}
      </button>
      <h1 class="cut">
        <bdi>{visibleText(index?.name[place] ?? '')}</bdi>
      </h1>
      <span class="dim small wide">
        {counted(places.indexOf(place) + 1)} of {counted(places.length)}
      </span>
      <div class="row end">
        <button type="button" class="wide" aria-pressed={look.isWhole} onClick={look.toggleWhole}>
          {look.isWhole ? 'fit' : '100 %'}
        </button>
        <button type="button" class="wide" onClick={look.nextBackground}>
          {look.background}
        </button>
        <button type="button" aria-pressed={look.details} onClick={look.toggleDetails}>
          details
        </button>
        <a class="button wide" href={originalOf(store, place)} target="_blank" rel="noopener">
          original
        </a>
      </div>
    </header>
  );
}
