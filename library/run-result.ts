import type { BatchId } from '../shared/domain/ids.ts';
import type { Effects } from '../shared/pipeline/effects.ts';
import { type BatchResult, batchResult } from '../shared/pipeline/finish/batch-status.ts';
import { type RejectedLine, readRejected } from '../shared/pipeline/rows/rejected-row.ts';

/** A batch with each image, failure, and rejected row. */
export interface RunResult extends BatchResult {
  /** Rows that can't be generated as they stand, with what to change; they cost nothing. */
  readonly rejectedLines: readonly RejectedLine[];
}

/** Undefined if there is no such batch, or its file is unread. */
export async function readRunResult(
  effects: Pick<Effects, 'table' | 'models' | 'clock'>,
  batch: BatchId,
): Promise<RunResult | undefined> {
  const result = await batchResult(effects, batch);
  if (result === undefined) return undefined;
  const rejectedLines: RejectedLine[] = [];
  for await (const line of readRejected(effects.table, batch)) rejectedLines.push(line);
  return { ...result, rejectedLines };
}
