import { useEffect } from 'preact/hooks';
import { adviceOf } from '../gallery/advice.ts';
import type { GalleryState } from '../gallery/gallery-state.ts';
import type { BatchStore } from '../lib/batch-store.ts';
import { visibleText } from '../lib/format.ts';
import { Glyph, type GlyphName } from '../parts/glyph.tsx';

/** The image itself, or why there is none. */
export function Picture({ store, place, isWhole }: { store: BatchStore; place: number; isWhole: boolean }) {
  const index = store.index.value;
  if (index === undefined) return null;
  const letter = index.state[place] ?? 'q';
  if (letter !== 'd' && letter !== 'r') {
    return <NoPicture letter={letter} code={index.dict.codes[index.code[place] ?? -1] ?? ''} />;
  }
  const [width, height] = [index.width[place] ?? 1, index.height[place] ?? 1];
  return (
    <img
      key={`${place}${isWhole}`}
      src={isWhole ? originalOf(store, place) : largeOf(store, place)}
      alt={visibleText(index.name[place] ?? '')}
      width={width}
      height={height}
      style={isWhole ? { width, height } : { maxWidth: width, maxHeight: height }}
      decoding="async"
    />
  );
}

const GLYPHS: Readonly<Record<string, GlyphName>> = { f: 'failed', c: 'cancelled', w: 'working' };

function NoPicture({ letter, code }: { readonly letter: string; readonly code: string }) {
  const glyph = GLYPHS[letter] ?? 'waiting';
  return (
    <p class="state none">
      <Glyph name={glyph} /> {glyph === 'failed' ? adviceOf(code).title : glyph}
    </p>
  );
}

function mediaOf({ id, index }: BatchStore, place: number, size: string): string {
  const known = index.value;
  return `/media/${id}/${known?.row[place]}/${known?.variant[place]}/${size}?v=${known?.sha8[place]}`;
}

export function largeOf(store: BatchStore, place: number): string {
  return mediaOf(store, place, 'large');
}

export function originalOf(store: BatchStore, place: number): string {
  return mediaOf(store, place, 'original');
}

/** The neighbours are decoded before they are asked for. */
export function usePreloaded(store: BatchStore, state: GalleryState, place: number): void {
  useEffect(() => {
    const places = state.places.value;
    const nth = places.indexOf(place);
    const images = [places[nth + 1], places[nth - 1]].flatMap((each) => {
      if (each === undefined || !'dr'.includes(store.index.value?.state[each] ?? '')) return [];
      const image = new Image();
      image.src = largeOf(store, each);
      image.decode().catch(() => undefined);
      return [image];
    });
    return () => {
      for (const image of images) image.src = '';
    };
  }, [store, state, place]);
}
