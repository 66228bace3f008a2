import { z } from 'zod/mini';
import type { TableRow } from '../../../shared/pipeline/ports.ts';
import type { Tell, Watch, Watched } from '../watch.ts';

const checkpoint = z.object({
  position: z.object({ row: z.number() }),
  items: z.number(),
  rejected: z.number(),
});

/**
 * I1: a checkpoint never runs ahead of its rows, or whoever reads on from it would pass over them; nor are more rows ahead
 * of it than one window, or a crash would repeat more, and a long file would never be handed over.
 */
export function watchCheckpoints({ scenario, facts }: Watched, tell: Tell): Watch {
  const rejected = new Set<number>();
  /** Of two readers of one file, the slower may save a place that the other has passed. */
  let furthestRow = 0;

  function onCheckpoint(row: TableRow): void {
    const saved = checkpoint.parse(row);
    furthestRow = Math.max(furthestRow, saved.position.row);
    const isBefore = (each: number) => each <= saved.position.row;
    const [items, lines] = [scenario.items.filter(isBefore), scenario.rejected.filter(isBefore)];
    const missing = [
      ...items.filter((each) => !facts.items.has(each)),
      ...lines.filter((each) => !rejected.has(each)),
    ];
    if (missing.length > 0)
      tell(
        'I1',
        `the checkpoint is at row ${saved.position.row}, and rows ${missing.join(', ')} are not there`,
      );
    if (items.length !== saved.items || lines.length !== saved.rejected) {
      tell('I1', `the checkpoint counts ${saved.items} + ${saved.rejected} up to row ${saved.position.row}`);
    }
  }

  function onNewRow(row: number): void {
    if (row > furthestRow + scenario.windowRows)
      tell('I1', `row ${row} was written, and the checkpoint is at row ${furthestRow}`);
  }

  return {
    onRows: (changes) => {
      for (const { key, before, after } of changes) {
        const isRow = key.pk.endsWith('#REJECTED') || key.sk.startsWith('ITEM#');
        if (isRow && before === undefined) onNewRow(Number(after?.row));
        if (key.pk.endsWith('#REJECTED') && after !== undefined) rejected.add(Number(after.row));
        if (key.sk === 'CHECKPOINT' && after !== undefined) onCheckpoint(after);
      }
    },
  };
}
