import type { BatchStore } from '../lib/batch-store.ts';
import { visibleText } from '../lib/format.ts';
import { Glyph } from '../parts/glyph.tsx';

const AROUND = 4;

interface FilmstripProps {
  readonly store: BatchStore;
  readonly places: readonly number[];
  readonly place: number;
  readonly onOpen: (place: number) => void;
}

/** The neighbours, with the current image in the middle. */
export function Filmstrip({ store, places, place, onOpen }: FilmstripProps) {
  const index = store.index.value;
  const nth = places.indexOf(place);
  if (index === undefined || nth < 0) return null;
  const shown = Array.from({ length: 2 * AROUND + 1 }, (_, offset) => places[nth - AROUND + offset] ?? -1);
  return (
    <nav class="filmstrip" aria-label="Neighbours">
      {shown.map((each, offset) => {
        if (each < 0) return <span key={`none${offset}`} class="frame" />;
        const mark = store.marks.value.get(each)?.mark ?? '';
        const hasImage = 'dr'.includes(index.state[each] ?? '');
        return (
          <button
            key={each}
            type="button"
            class={`frame ${mark}`}
            aria-label={visibleText(index.name[each] ?? '')}
            aria-current={each === place ? 'true' : undefined}
            onClick={() => onOpen(each)}
          >
            {hasImage ? (
              <img
                src={`/media/${store.id}/${index.row[each]}/${index.variant[each]}/thumb?v=${index.sha8[each]}`}
                alt=""
              />
            ) : (
              <Glyph name={index.state[each] === 'f' ? 'failed' : 'waiting'} />
            )}
          </button>
        );
      })}
    </nav>
  );
}
