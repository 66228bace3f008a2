import type { BatchStatus } from '../../shared/pipeline/finish/batch-status.ts';
import type { Table } from '../../shared/pipeline/ports.ts';
import { readRejected } from '../../shared/pipeline/rows/rejected-row.ts';

const MOST_LINES = 5;

/** A file's first rejected lines; `rejected.csv` has all. */
export async function rejectedLinesText(
  table: Pick<Table, 'query'>,
  { batch, rejected }: BatchStatus,
): Promise<string[]> {
  if (rejected === 0) return [];
  const lines = ['rejected:'];
  for await (const { line, column, reason } of readRejected(table, batch, MOST_LINES)) {
    lines.push(`  line ${line}${column === undefined ? '' : `, ${column}`}: ${reason}`);
  }
  const more = rejected - (lines.length - 1);
  return more > 0 ? [...lines, `  … and ${more} more: see rejected.csv`] : lines;
}
