import * as z from 'zod/mini';
import type { BatchId } from '../../domain/ids.ts';
import {
  type CsvFormat,
  DELIMITERS,
  FILE_ENCODINGS,
  type FileFormat,
  type FilePosition,
  type JsonFormat,
  type PromptListFormat,
} from '../../domain/prompt-file/format.ts';
import type { Table, TableKey, TableWrite } from '../ports.ts';
import { count, type Fields, parseRow } from './fields.ts';

/** How far ingest has come in a file. */
export interface Checkpoint {
  readonly format: FileFormat;
  readonly position: FilePosition;
  /** Items and rejected lines up to the position. */
  readonly items: number;
  readonly rejected: number;
}

const encoding = z.enum(FILE_ENCODINGS);
const names = z.exactOptional(z.array(z.string()));

const checkpointRow = z.object({
  format: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('csv'),
      encoding,
      delimiter: z.enum(DELIMITERS),
      lineBreak: z.enum(['\n', '\r']),
      columns: z.array(z.string()),
      emptyCells: z.exactOptional(count),
      unsupported: names,
      manifest: z.exactOptional(z.literal(true)),
    } satisfies Fields<CsvFormat>),
    z.object({ kind: z.enum(['jsonl', 'json']), encoding, data: names } satisfies Fields<JsonFormat>),
    z.object({
      kind: z.literal('txt'),
      encoding,
      lineBreak: z.enum(['\n', '\r']),
    } satisfies Fields<PromptListFormat>),
  ]),
  position: z.object({
    byte: count,
    line: count,
    row: count,
    done: z.exactOptional(z.literal(true)),
    lostBytes: z.exactOptional(count),
  } satisfies Fields<FilePosition>),
  items: count,
  rejected: count,
} satisfies Fields<Checkpoint>);

function checkpointKey(batch: BatchId): TableKey {
  return { pk: `BATCH#${batch}`, sk: 'CHECKPOINT' };
}

export function checkpointWrite(batch: BatchId, checkpoint: Checkpoint): TableWrite {
  const { format, position, items, rejected } = checkpoint;
  return {
    kind: 'put',
    row: { ...checkpointKey(batch), format: { ...format }, position: { ...position }, items, rejected },
  };
}

export async function readCheckpoint(
  table: Pick<Table, 'get'>,
  batch: BatchId,
): Promise<Checkpoint | undefined> {
  const row = await table.get(checkpointKey(batch));
  return row === undefined ? undefined : parseRow(checkpointRow, row);
}
