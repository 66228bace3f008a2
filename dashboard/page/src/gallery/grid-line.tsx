import { memo } from 'preact/compat';
import type { BatchIndex } from '../../../api/batch.ts';
import { credits, plural } from '../lib/format.ts';
import type { MarkMap } from '../lib/marks-store.ts';
import type { Layout, Line } from './layout.ts';
import { Tile } from './tile.tsx';

interface GridLineProps {
  readonly batch: string;
  readonly nth: number;
  readonly start: number;
  readonly line: Line;
  readonly layout: Layout;
  readonly index: BatchIndex;
  readonly prompt: string;
  /** False while the line only passes by. */
  readonly hasPictures: boolean;
  readonly marks: MarkMap;
  readonly selected: ReadonlySet<number>;
  /** Of this line, or -1. */
  readonly focused: number;
}

/** A line that has not changed is not drawn again while others scroll in. */
export const GridLine = memo(function GridLine(props: GridLineProps) {
  const { batch, nth, start, line, layout, index, prompt, hasPictures, marks, selected, focused } = props;
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
              hasPicture={hasPictures}
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
