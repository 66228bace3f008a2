import type { BatchId } from '../../domain/ids.ts';
import type { Effects } from '../effects.ts';
import type { Table, TableWrite } from '../ports.ts';
import {
  MARK_PREFIX,
  type Mark,
  type MarkValue,
  markKey,
  marksPartition,
  marksVersionKey,
  markToRow,
  rowToMark,
  rowToMarksVersion,
} from '../rows/mark-row.ts';

/** A change of one mark; `null` removes it. */
interface MarkChange {
  readonly row: number;
  readonly variant: number;
  readonly mark: MarkValue | null;
}

/** A transaction takes 100 writes, one of which counts the change. */
const CHUNK = 99;

/** A batch's marks in order of row and variant. */
export async function readMarks(table: Pick<Table, 'query'>, batch: BatchId): Promise<Mark[]> {
  const marks: Mark[] = [];
  for await (const row of table.query({ pk: marksPartition(batch), skPrefix: MARK_PREFIX })) {
    marks.push(rowToMark(row));
  }
  return marks;
}

/** The picked images, as `row/variant`. */
export async function readPicked(table: Pick<Table, 'query'>, batch: BatchId): Promise<ReadonlySet<string>> {
  const picked = (await readMarks(table, batch)).filter(({ mark }) => mark === 'picked');
  return new Set(picked.map(({ row, variant }) => `${row}/${variant}`));
}

/** How often a batch's marks changed: one read. */
export async function readMarksVersion(table: Pick<Table, 'get'>, batch: BatchId): Promise<number> {
  return rowToMarksVersion(await table.get(marksVersionKey(batch)));
}

/** Sets or removes marks in the name of `by`. Safe to repeat; the last one counts. */
export async function writeMarks(
  { table, clock }: Pick<Effects, 'table' | 'clock'>,
  batch: BatchId,
  changes: readonly MarkChange[],
  by: string,
): Promise<void> {
  const at = new Date(clock.now()).toISOString();
  const latest = new Map(changes.map((change) => [`${change.row}/${change.variant}`, change]));
  const writes = [...latest.values()].map((change) => writeOf(batch, change, { by, at }));
  for (let first = 0; first < writes.length; first += CHUNK) {
    await table.write([
      ...writes.slice(first, first + CHUNK),
      { kind: 'update', key: marksVersionKey(batch), add: { version: 1 } },
    ]);
  }
}

function writeOf(
  batch: BatchId,
  { row, variant, mark }: MarkChange,
  who: Pick<Mark, 'by' | 'at'>,
): TableWrite {
  if (mark === null) return { kind: 'delete', key: markKey({ batch, row, variant }) };
  return { kind: 'put', row: markToRow(batch, { row, variant, mark, ...who }) };
}
