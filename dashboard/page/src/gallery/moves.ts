import type { Layout } from './layout.ts';

/** Where a key leads from a place, by what is seen: up is up, also between groups. Undefined if it is no such key. */
export function moved(
  layout: Layout,
  places: readonly number[],
  from: number,
  key: string,
  pageLines: number,
): number | undefined {
  const nth = places.indexOf(from);
  const cell = layout.cellOf.get(from);
  if (nth < 0 || cell === undefined) {
    return /^(Arrow|Home|End|Page|Ctrl\+(Home|End))/.test(key) ? places[0] : undefined;
  }
  switch (key) {
    case 'ArrowLeft':
      return places[Math.max(0, nth - 1)];
    case 'ArrowRight':
      return places[Math.min(places.length - 1, nth + 1)];
    case 'ArrowUp':
      return byLines(layout, cell, -1) ?? from;
    case 'ArrowDown':
      return byLines(layout, cell, 1) ?? from;
    case 'PageUp':
      return byLines(layout, cell, -pageLines) ?? places[0];
    case 'PageDown':
      return byLines(layout, cell, pageLines) ?? places.at(-1);
    case 'Home':
      return layout.lines[cell.line]?.places.find((place) => place >= 0);
    case 'End':
      return layout.lines[cell.line]?.places.findLast((place) => place >= 0);
    case 'Ctrl+Home':
      return places[0];
    case 'Ctrl+End':
      return places.at(-1);
  }
  return undefined;
}

function byLines(
  { lines }: Layout,
  { line, column }: { readonly line: number; readonly column: number },
  by: number,
): number | undefined {
  const step = Math.sign(by);
  let left = Math.abs(by);
  let best: number | undefined;
  for (let at = line + step; at >= 0 && at < lines.length && left > 0; at += step) {
    const next = lines[at];
    if (next?.kind !== 'tiles') continue;
    const place = next.places[column] ?? next.places.findLast((each) => each >= 0);
    if (place === undefined || place < 0) continue;
    best = place;
    left -= 1;
  }
  return best;
}
