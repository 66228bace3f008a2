import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from '@tanstack/virtual-core';
import { useEffect, useLayoutEffect, useReducer, useRef, useState } from 'preact/hooks';
import type { BatchStore } from '../lib/batch-store.ts';
import type { GalleryActions } from './gallery-actions.ts';
import type { GalleryState } from './gallery-state.ts';
import { GridLine } from './grid-line.tsx';
import type { Layout, Line } from './layout.ts';
import { usePrompts } from './prompts.ts';
import { useLinesWithPictures } from './scroll-pace.ts';

const OVERSCAN = 3;

interface GridProps {
  readonly store: BatchStore;
  readonly state: GalleryState;
  readonly actions: GalleryActions;
}

/** The grid: every item has its cell from the first second; only the lines on the screen are in the page. */
export function Grid({ store, state, actions }: GridProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const layout = state.layout.value;
  const virtualizer = useVirtualizer(scroller, layout, state);
  useFrame(scroller, state);
  useFocusFollows(scroller, state, virtualizer);
  const index = store.index.value;
  const shown = virtualizer.getVirtualItems();
  const withPictures = useLinesWithPictures(virtualizer, shown);
  const firstRow = rowAt(layout, shown.find(({ end }) => end > (virtualizer.scrollOffset ?? 0))?.index ?? 0);
  actions.seen(firstRow === undefined ? undefined : index?.row[firstRow]);
  const prompts = usePrompts(
    store,
    shown.flatMap(({ index: nth }) => headPlace(layout.lines[nth])),
  );
  const isFocusShown = shown.some(({ index: nth }) => layout.cellOf.get(state.focused.value)?.line === nth);

  return (
    <div
      ref={scroller}
      class="grid"
      role="grid"
      aria-label="Images"
      aria-rowcount={layout.lines.length}
      aria-colcount={layout.columns}
      aria-multiselectable="true"
      tabIndex={isFocusShown ? -1 : 0}
      onKeyDown={actions.onKeyDown}
      onClick={actions.onClick}
      onDblClick={actions.onDoubleClick}
      onFocusIn={actions.onFocus}
      onFocus={(event) => {
        // Tab into the grid while its focused cell is scrolled away: it comes back with the focus.
        if (event.target === event.currentTarget) actions.reveal();
      }}
    >
      {layout.heads.length > 0 && (
        <div class="heads" role="row" aria-rowindex={1}>
          {layout.heads.map((head) => (
            <div key={head} role="columnheader" class="cut" style={{ width: layout.tileWidth }} title={head}>
              {head}
            </div>
          ))}
        </div>
      )}
      {index !== undefined && (
        <div role="presentation" class="extent" style={{ height: virtualizer.getTotalSize() }}>
          {shown.map(({ index: nth, start }) => {
            const line = layout.lines[nth];
            if (line === undefined) return null;
            const prompt = line.kind === 'head' ? (prompts.get(line.places[0] ?? -1) ?? '') : '';
            const focused = line.places.includes(state.focused.value) ? state.focused.value : -1;
            return (
              <GridLine
                key={nth}
                {...{ nth, start, line, layout, index, prompt, focused }}
                hasPictures={withPictures.has(nth)}
                batch={store.id}
                marks={store.marks.value}
                selected={state.selected.value}
              />
            );
          })}
        </div>
      )}
    </div>
  );
}

/** The place whose prompt a heading shows. */
function headPlace(line: Line | undefined): readonly number[] {
  return line?.kind === 'head' ? line.places.slice(0, 1) : [];
}

function rowAt({ lines }: Layout, nth: number): number | undefined {
  return lines[nth]?.places.find((place) => place >= 0);
}

type GridVirtualizer = Virtualizer<HTMLDivElement, HTMLDivElement>;

/** Lines of known heights: nothing is measured, so nothing jumps. */
function useVirtualizer(
  scroller: { readonly current: HTMLDivElement | null },
  layout: Layout,
  state: GalleryState,
): GridVirtualizer {
  const [, redraw] = useReducer<number, undefined>((count) => count + 1, 0);
  const options = {
    count: layout.lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: (nth: number) => layout.lines[nth]?.height ?? 0,
    overscan: OVERSCAN,
    initialOffset: state.scrollTop.value,
    initialRect: { width: 1_200, height: 700 },
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    onChange: (instance: GridVirtualizer) => {
      state.scrollTop.value = instance.scrollOffset ?? 0;
      redraw(undefined);
    },
  };
  const [virtualizer] = useState(() => new Virtualizer<HTMLDivElement, HTMLDivElement>(options));
  virtualizer.setOptions(options);
  useLayoutEffect(() => virtualizer._didMount(), [virtualizer]);
  useLayoutEffect(() => virtualizer._willUpdate());
  useLayoutEffect(() => virtualizer.measure(), [virtualizer, layout]);
  useLayoutEffect(() => {
    if (scroller.current !== null) scroller.current.scrollTop = state.scrollTop.value;
  }, [scroller, state]);
  return virtualizer;
}

const NARROW = 720;

function useFrame(scroller: { readonly current: HTMLDivElement | null }, state: GalleryState): void {
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const measure = () => {
      const style = getComputedStyle(element);
      const width =
        element.clientWidth - Number.parseFloat(style.paddingLeft) - Number.parseFloat(style.paddingRight);
      const isNarrow = element.clientWidth <= NARROW;
      const before = state.frame.peek();
      if (before.width !== width || before.isNarrow !== isNarrow)
        state.frame.value = { ...before, width, isNarrow };
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [scroller, state]);
}

/** The focus is where the focused cell is: it scrolls into view when it moves, and takes the keyboard with it. */
function useFocusFollows(
  scroller: { readonly current: HTMLDivElement | null },
  state: GalleryState,
  virtualizer: GridVirtualizer,
): void {
  const place = state.focused.value;
  const moved = useRef(place);
  useEffect(() => {
    if (moved.current === place) return;
    const isFirst = moved.current === -1;
    moved.current = place;
    const cell = state.layout.peek().cellOf.get(place);
    if (cell === undefined || (isFirst && place === 0)) return;
    virtualizer.scrollToIndex(cell.line, { align: 'auto' });
    const element = scroller.current;
    if (element === null || isFirst) return;
    requestAnimationFrame(() => {
      const target = element.querySelector<HTMLElement>(`[data-place="${place}"]`);
      target?.focus({ preventScroll: true });
    });
  });
}
