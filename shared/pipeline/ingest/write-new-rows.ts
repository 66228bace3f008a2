import type { BatchId } from '../../domain/ids.ts';
import { inGroups } from '../each-concurrently.ts';
import type { Effects } from '../effects.ts';
import type { TableRow, TableWrite } from '../ports.ts';
import { addProgress } from '../rows/progress-row.ts';
import { shardOfText } from '../rows/shards.ts';

/** A row that is written only if absent. */
export interface NewRow {
  readonly row: TableRow;
  /** An item that ends at once is counted as it is written. */
  readonly counts?: 'reused';
}

/** A transaction takes 4 MB, and a row's own fields are at most 100 KB. */
const TRANSACTION_ROWS = 25;

/** Writes a batch's missing rows; says which were written. */
export async function writeNewRows(
  effects: Pick<Effects, 'table'>,
  batch: BatchId,
  rows: readonly NewRow[],
): Promise<boolean[]> {
  const chunks = Array.from(inGroups(rows, TRANSACTION_ROWS), async (chunk) => {
    const done = await writeChunk(effects, batch, chunk);
    return chunk.map((row) => done.has(row));
  });
  return (await Promise.all(chunks)).flat();
}

async function writeChunk(
  effects: Pick<Effects, 'table'>,
  batch: BatchId,
  chunk: readonly NewRow[],
): Promise<ReadonlySet<NewRow>> {
  let rows = chunk;
  while (rows.length > 0) {
    const puts = rows.map(({ row }): TableWrite => ({ kind: 'put', row, onlyIf: { kind: 'absent' } }));
    const result = await effects.table.write([...puts, ...countWrites(batch, rows)]);
    if (result.kind === 'written') break;
    const refused = new Set(result.indexes);
    rows = rows.filter((_, index) => !refused.has(index));
  }
  return new Set(rows);
}

function countWrites(batch: BatchId, rows: readonly NewRow[]): TableWrite[] {
  const reused = rows.filter(({ counts }) => counts === 'reused');
  const first = reused[0];
  return first === undefined
    ? []
    : [addProgress(batch, shardOfText(first.row.sk), { reused: reused.length })];
}
