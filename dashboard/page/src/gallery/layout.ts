import type { BatchIndex } from '../../../api/batch.ts';

/** A line of the grid: a heading, or tiles side by side; -1 is an empty cell. All heights are known beforehand. */
export type Line =
  | {
      readonly kind: 'head';
      readonly row: number;
      readonly places: readonly number[];
      readonly height: number;
    }
  | { readonly kind: 'tiles'; readonly places: readonly number[]; readonly height: number };

export interface Layout {
  readonly lines: readonly Line[];
  readonly columns: number;
  /** Of a tile's picture, in pixels. */
  readonly tileWidth: number;
  readonly tileHeight: number;
  readonly hasCaption: boolean;
  /** Values of the axis, one a column. */
  readonly heads: readonly string[];
  /** Line and column of each place that is shown. */
  readonly cellOf: ReadonlyMap<number, { readonly line: number; readonly column: number }>;
}

const GAP = 8;
const CAPTION = 24;
const HEAD = 36;
const LEAST_WITH_CAPTION = 110;
const WIDEST_IN_GROUP = 360;
const WIDEST_IN_AXIS = 520;
const LEAST_IN_AXIS = 110;

export interface Frame {
  readonly width: number;
  /** What the slider asks for. */
  readonly tile: number;
  readonly isNarrow: boolean;
}

/** Lays items out in uniform cells: plain, a group for each row, or a column for each value of an axis. */
export function layoutOf(index: BatchIndex, places: readonly number[], group: string, frame: Frame): Layout {
  const ratio = commonRatio(index, places);
  if (group === 'row') return byRow(index, places, frame, ratio);
  if (group.startsWith('axis:')) {
    const axis = index.axes.find(({ name }) => name === group.slice('axis:'.length));
    if (axis !== undefined) return byAxis(index, places, axis, frame, ratio);
  }
  const columns = columnsFor(frame, frame.tile);
  return finish(
    chunks(places, columns).map((each) => ({ kind: 'tiles', places: each })),
    columns,
    frame,
    ratio,
  );
}

type Unsized =
  | { kind: 'head'; row: number; places: readonly number[] }
  | { kind: 'tiles'; places: readonly number[] };

function byRow(index: BatchIndex, places: readonly number[], frame: Frame, ratio: number): Layout {
  const groups = rowsOf(index, places);
  const most = Math.max(1, ...[...groups.values()].map((each) => each.length));
  const widest = Math.min(WIDEST_IN_GROUP, Math.floor(frame.width / most) - GAP);
  const columns = columnsFor(frame, Math.max(frame.tile, widest));
  const lines = [...groups].flatMap(([row, each]): Unsized[] => [
    { kind: 'head', row, places: each },
    ...chunks(each, columns).map((part): Unsized => ({ kind: 'tiles', places: part })),
  ]);
  return finish(lines, columns, frame, ratio);
}

function byAxis(
  index: BatchIndex,
  places: readonly number[],
  axis: BatchIndex['axes'][number],
  frame: Frame,
  ratio: number,
): Layout {
  const columns = axis.values.length;
  const lines: Unsized[] = [];
  for (const [row, each] of rowsOf(index, places)) {
    lines.push({ kind: 'head', row, places: each });
    const byValue = axis.values.map((_, value) => each.filter((place) => axis.value[place] === value));
    const deep = Math.max(1, ...byValue.map((cells) => cells.length));
    for (let nth = 0; nth < deep; nth += 1) {
      lines.push({ kind: 'tiles', places: byValue.map((cells) => cells[nth] ?? -1) });
    }
  }
  return finish(lines, columns, frame, ratio, axis.values);
}

function finish(
  lines: readonly Unsized[],
  columns: number,
  frame: Frame,
  ratio: number,
  heads: readonly string[] = [],
): Layout {
  const fitting = Math.floor((frame.width - GAP * (columns - 1)) / columns);
  const most = heads.length > 0 ? Math.max(LEAST_IN_AXIS, Math.min(fitting, WIDEST_IN_AXIS)) : fitting;
  const tileWidth = Math.max(40, most);
  const tileHeight = Math.round(tileWidth / ratio);
  const hasCaption = tileWidth >= LEAST_WITH_CAPTION;
  const height = tileHeight + (hasCaption ? CAPTION : 0) + GAP;
  const sized = lines.map((line): Line => ({ ...line, height: line.kind === 'head' ? HEAD : height }));
  const cellOf = new Map<number, { line: number; column: number }>();
  for (const [nth, line] of sized.entries()) {
    if (line.kind !== 'tiles') continue;
    for (const [column, place] of line.places.entries())
      if (place >= 0) cellOf.set(place, { line: nth, column });
  }
  return { lines: sized, columns, tileWidth, tileHeight, hasCaption, heads, cellOf };
}

function columnsFor({ width, isNarrow }: Frame, tile: number): number {
  if (isNarrow) return 2;
  return Math.max(1, Math.round((width + GAP) / (tile + GAP)));
}

function rowsOf(index: BatchIndex, places: readonly number[]): Map<number, number[]> {
  const rows = new Map<number, number[]>();
  for (const place of places) {
    const row = index.row[place] ?? 0;
    const known = rows.get(row);
    if (known === undefined) rows.set(row, [place]);
    else known.push(place);
  }
  return rows;
}

function chunks(places: readonly number[], size: number): number[][] {
  const parts: number[][] = [];
  for (let first = 0; first < places.length; first += size) parts.push(places.slice(first, first + size));
  return parts;
}

/** Width by height of most pictures that are shown, within what a cell can be. */
function commonRatio(index: BatchIndex, places: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const place of places.slice(0, 5_000)) {
    const [width, height] = [index.width[place] ?? 0, index.height[place] ?? 0];
    if (width === 0 || height === 0) continue;
    const ratio = Math.round((width / height) * 100) / 100;
    counts.set(ratio, (counts.get(ratio) ?? 0) + 1);
  }
  const [common] = [...counts].sort(([, a], [, b]) => b - a);
  return Math.min(2, Math.max(0.66, common?.[0] ?? 1));
}
