import * as z from 'zod/mini';
import type { Batch } from '../../domain/batch/batch.ts';
import type { BatchId } from '../../domain/ids.ts';
import type { Effects } from '../effects.ts';
import { openBatchKey } from '../rows/batch-row.ts';
import { readCheckpoint } from '../rows/checkpoint-row.ts';
import { count, parseRow } from '../rows/fields.ts';

/** Tries of a failing file before it is refused. */
export const INTAKE_TRIES = 9;

/** Signs of a file's readers, for the sweep. */
interface ReadingMarks {
  /** Tries that began at the same place. */
  readonly readTries?: number;
  readonly readFromByte?: number;
  /** A reader's last sign. */
  readonly readAtMs?: number;
  /** Why the last try failed. */
  readonly readProblem?: string;
  /** How often the sweep has resent the message. */
  readonly readSent?: number;
  /** Tries in a row, from the same place, that a busy table ended. */
  readonly readBusy?: number;
}

const marks = z.object({
  readTries: z.exactOptional(count),
  readFromByte: z.exactOptional(count),
  readAtMs: z.exactOptional(count),
  readProblem: z.exactOptional(z.string()),
  readSent: z.exactOptional(count),
  readBusy: z.exactOptional(count),
});

type Marking = Pick<Effects, 'table' | 'clock'>;

export async function readReadingMarks({ table }: Marking, batch: BatchId): Promise<ReadingMarks> {
  const row = await table.get(openBatchKey(batch));
  return row === undefined ? {} : parseRow(marks, row);
}

/** A reader begins; at the same place, that is one try more. */
export async function markReadingBegun(effects: Marking, { id }: Batch): Promise<void> {
  const { readTries = 0, readFromByte } = await readReadingMarks(effects, id);
  const byte = (await readCheckpoint(effects.table, id))?.position.byte ?? 0;
  const begun = byte === readFromByte ? { readTries: readTries + 1 } : { readTries: 1, readBusy: 0 };
  await mark(effects, id, { ...begun, readFromByte: byte, readSent: 0 });
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
