import type { Batch } from '../../domain/batch/batch.ts';
import type { FileRecord } from '../../domain/prompt-file/format.ts';
import { unusableReference } from '../batch/refusals.ts';
import { eachConcurrently, inGroups } from '../each-concurrently.ts';
import type { Effects } from '../effects.ts';
import { type RejectedLine, rejectedToRow } from '../rows/rejected-row.ts';
import { ingestItems } from './new-items.ts';
import { createRecordReader, type NumberedItem, type ReadRow } from './read-row.ts';
import { createReferenceStore, type ReferenceStore } from './reference-store.ts';
import { resolveUnique } from './unique-rows.ts';
import { writeNewRows } from './write-new-rows.ts';

/** Items written together, and such chunks at a time. */
const CHUNK_ITEMS = 50;
const CHUNKS_AT_ONCE = 8;

/** Gathers a file's records and writes them together. */
export interface Intake {
  add(record: FileRecord): void;
  /** Counts a record that was ingested before a crash or hand-over. */
  pass(record: FileRecord): void;
  /** Writes what is gathered. Then all records so far are ingested. */
  flush(): Promise<void>;
  /** Of all flushed records. */
  counts(): { readonly items: number; readonly rejected: number };
}

export function createIntake(effects: Effects, batch: Batch): Intake {
  const read = createRecordReader(effects, batch.options);
  let gathered: (ReadRow | RejectedLine)[] = [];
  let items = 0;
  let rejected = 0;
  const references = createReferenceStore(effects, batch.key);

  async function flush(): Promise<void> {
    const window = gathered;
    gathered = [];
    const usable = await Promise.all(window.map((row) => withReferences(references, row)));
    const rows = await resolveUnique(effects.table, batch.id, usable);
    const lines = rows.filter((row) => 'reason' in row);
    await Promise.all([
      eachConcurrently(inGroups(itemsOf(rows), CHUNK_ITEMS), CHUNKS_AT_ONCE, async (chunk) => {
        await ingestItems(effects, batch, references, chunk);
        items += chunk.length;
      }),
      writeNewRows(
        effects,
        batch.id,
        lines.map((line) => ({ row: rejectedToRow(batch.id, line) })),
      ),
    ]);
    rejected += lines.length;
  }

  function add(record: FileRecord): void {
    gathered.push(read(record));
  }

  return { add, pass: (record) => void read(record), flush, counts: () => ({ items, rejected }) };
}

/** Snapshots a row's references; an unusable one rejects the row. */
async function withReferences(
  references: ReferenceStore,
  row: ReadRow | RejectedLine,
): Promise<ReadRow | RejectedLine> {
  if (!('items' in row)) return row;
  for (const written of new Set(Iterator.from(row.items).flatMap(({ spec }) => spec.references))) {
    const embedded = row.embedded.find((each) => each.written === written);
    const stored = await references.snapshot(written, embedded?.bytes);
    if (stored.kind === 'bad') return unusableReference(row, written, stored.problem);
  }
  return row;
}

function* itemsOf(rows: readonly (ReadRow | RejectedLine)[]): Iterable<NumberedItem> {
  for (const row of rows) if ('items' in row) yield* row.items;
}
