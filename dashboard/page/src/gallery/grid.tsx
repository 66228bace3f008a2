import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from '@tanstack/virtual-core';
import { memo } from 'preact/compat';
import { useEffect, useLayoutEffect, useReducer, useRef, useState } from 'preact/hooks';
import type { BatchIndex } from '../../../api/batch.ts';
import type { BatchStore } from '../lib/batch-store.ts';
import { credits, plural } from '../lib/format.ts';
import type { MarkMap } from '../lib/marks-store.ts';
import type { GalleryActions } from './gallery-actions.ts';
import type { GalleryState } from './gallery-state.ts';
import type { Layout, Line } from './layout.ts';
import { usePrompts } from './prompts.ts';
import { Tile } from './tile.tsx';

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

interface GridLineProps {
  readonly batch: string;
  readonly nth: number;
  readonly start: number;
  readonly line: Line;
  readonly layout: Layout;
  readonly index: BatchIndex;
  readonly prompt: string;
  readonly marks: MarkMap;
  readonly selected: ReadonlySet<number>;
  /** Of this line, or -1. */
  readonly focused: number;
}

/** A line that has not changed is not drawn again while others scroll in. */
const GridLine = memo(function GridLine(props: GridLineProps) {
  const { batch, nth, start, line, layout, index, prompt, marks, selected, focused } = props;
  return (
    <div class={line.kind} role="row" aria-rowindex={nth + 1} style={{ top: start, height: line.height }}>
      {line.kind === 'head' ? (
        <Head line={line} prompt={prompt} total={totalOf(index.creditsMicro, line)} />
      ) : (
        line.places.map((place, column) =>
          place < 0 ? (
            <div key={`empty${column}`} role="gridcell" style={{ width: layout.tileWidth }} />
          ) : (
            <Tile
              key={place}
              {...{ batch, index, place, column }}
              width={layout.tileWidth}
              height={layout.tileHeight}
              hasCaption={layout.hasCaption}
              mark={marks.get(place)?.mark}
              isFocused={focused === place}
              isSelected={selected.has(place)}
            />
          ),
        )
      )}
    </div>
  );
});

function Head({
  line,
  prompt,
  total,
}: {
  line: Extract<Line, { kind: 'head' }>;
  prompt: string;
  total: number;
}) {
  return (
    <div role="gridcell" class="head-cell">
      <span class="dim">{line.row}</span>
      <bdi class="cut" title={prompt}>
        {prompt}
      </bdi>
      <span class="dim">
        {plural(line.places.length, 'variant')} · {credits(total)}
      </span>
    </div>
  );
}

function totalOf(creditsMicro: readonly number[], { places }: Line): number {
  return places.reduce((sum, place) => sum + (creditsMicro[place] ?? 0), 0);
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
