import * as z from 'zod/mini';
import type { Batch } from '../../domain/batch/batch.ts';
import type { BatchId } from '../../domain/ids.ts';
import type { Effects } from '../effects.ts';
import { openBatchKey } from '../rows/batch-row.ts';
import { readCheckpoint } from '../rows/checkpoint-row.ts';
import { count, parseRow } from '../rows/fields.ts';

/** How often a file is tried whose intake fails or whose reader dies, before it is refused. */
export const INTAKE_TRIES = 9;

/** What readers of a file say of themselves, so that the sweep sees when none is left. */
export interface ReadingMarks {
  /** Tries that began at the same place of the file. */
  readonly readTries?: number;
  readonly readFromByte?: number;
  /** The last sign of a reader's life. */
  readonly readAtMs?: number;
  /** Why the last try failed that could say so. */
  readonly readProblem?: string;
  /** How often the sweep sent the file's message again since a reader began. */
  readonly readSent?: number;
}

const marks = z.object({
  readTries: z.exactOptional(count),
  readFromByte: z.exactOptional(count),
  readAtMs: z.exactOptional(count),
  readProblem: z.exactOptional(z.string()),
  readSent: z.exactOptional(count),
});

type Marking = Pick<Effects, 'table' | 'clock'>;

export async function readReadingMarks({ table }: Marking, batch: BatchId): Promise<ReadingMarks> {
  const row = await table.get(openBatchKey(batch));
  return row === undefined ? {} : parseRow(marks, row);
}

/** A reader begins: where the one before it did, that is one try more. */
export async function markReadingBegun(effects: Marking, { id }: Batch): Promise<void> {
  const { readTries = 0, readFromByte } = await readReadingMarks(effects, id);
  const byte = (await readCheckpoint(effects.table, id))?.position.byte ?? 0;
  const tries = byte === readFromByte ? readTries + 1 : 1;
  await mark(effects, id, { readTries: tries, readFromByte: byte, readSent: 0 });
}

export async function markReading(effects: Marking, batch: BatchId, more: ReadingMarks = {}): Promise<void> {
  await mark(effects, batch, more);
}

async function mark({ table, clock }: Marking, batch: BatchId, set: ReadingMarks): Promise<void> {
  const key = openBatchKey(batch);
  await table.write([
    { kind: 'update', key, set: { ...set, readAtMs: clock.now() }, onlyIf: { kind: 'present' } },
  ]);
}
