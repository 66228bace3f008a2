import { usePrompts } from '../gallery/prompts.ts';
import { visibleText } from '../lib/format.ts';
import { type Crop, MODES, type Mode } from './crop.ts';
import type { CompareProps } from './modes.tsx';

interface CompareBarProps extends CompareProps {
  readonly row: number;
  readonly mode: Mode;
  readonly crop: Crop;
  readonly onMode: (mode: Mode) => void;
  readonly onRow: (step: 1 | -1) => void;
}

/** How the images are compared, of which row, and what was asked for. */
export function CompareBar({ store, places, row, mode, crop, onMode, onRow }: CompareBarProps) {
  const index = store.index.value;
  const prompts = usePrompts(store, places.slice(0, 1));
  const isOneRow = places.every((place) => index?.row[place] === row);
  return (
    <header class="row compare-bar">
      <a class="button" href={`/b/${store.id}`}>
        ← Back
      </a>
      <h1 class="hidden">Compare</h1>
      <fieldset class="segments">
        <legend class="hidden">Mode</legend>
        {MODES.map((each) => (
          <button key={each} type="button" aria-pressed={mode === each} onClick={() => onMode(each)}>
            {each === 'side' ? 'side by side' : each}
          </button>
        ))}
      </fieldset>
      <label class="check">
        zoom
        <input
          type="range"
          min={1}
          max={crop.mostZoom}
          step={0.1}
          value={crop.zoom}
          onInput={(event) => crop.setZoom(Number(event.currentTarget.value))}
        />
      </label>
      {isOneRow && (
        <span class="row end">
          <button type="button" aria-label="Previous row" onClick={() => onRow(-1)}>
            ‹
          </button>
          row {row}
          <button type="button" aria-label="Next row" onClick={() => onRow(1)}>
            ›
          </button>
        </span>
      )}
      <p class="dim words prompt">{visibleText(prompts.get(places[0] ?? -1) ?? '')}</p>
    </header>
  );
}
