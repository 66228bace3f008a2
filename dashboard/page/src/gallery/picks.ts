import { csvLine } from '../../../../shared/domain/csv-line.ts';
import type { BatchIndex } from '../../../api/batch.ts';
import type { MarkMap } from '../lib/marks-store.ts';

/** `3/1,7/2`: for `promote --pick`. */
export function picksText(index: BatchIndex, places: readonly number[]): string {
  return inOrder(places)
    .map((place) => `${index.row[place]}/${index.variant[place]}`)
    .join(',');
}

export function picksCsv(index: BatchIndex, marks: MarkMap, places: readonly number[]): string {
  const lines = inOrder(places).map((place) => {
    const mark = marks.get(place);
    return csvLine([index.row[place], index.variant[place], index.name[place], mark?.by, mark?.at]);
  });
  return `${['row,variant,name,picked_by,picked_at', ...lines].join('\r\n')}\r\n`;
}

function inOrder(places: readonly number[]): number[] {
  return [...places].sort((a, b) => a - b);
}
