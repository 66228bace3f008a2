import type { Batch } from '../domain/batch.ts';
import type { FileRecord } from '../domain/prompt-file/format.ts';
import { rowToItems } from '../domain/prompt-file/row-to-items.ts';
import type { Effects } from './effects.ts';
import { workMessageOf } from './messages.ts';
import type { TableWrite } from './ports.ts';
import { newItemRow } from './rows/item-row.ts';
import { type RejectedLine, rejectedToRow } from './rows/rejected-row.ts';
import { resolveUnique, type TakenRow } from './unique-rows.ts';

/** Rows taken together: with an `id` and a name each, their uniqueness is one transaction of at most 100 writes. */
const CHUNK_ROWS = 40;
const TRANSACTION_WRITES = 50;
/** A transaction takes 4 MB; rows are at most 100 KB. */
const TRANSACTION_BYTES = 2_000_000;

/** Gathers the records of a file and writes them in chunks: items with their messages, and rejected lines. */
export interface Intake {
  add(record: FileRecord): Promise<void>;
  /** Writes what is gathered. After it, all records added so far are taken in for good. */
  flush(): Promise<void>;
  /** Items and rejected lines of all flushed records. */
  counts(): { readonly items: number; readonly rejected: number };
}

export function createIntake(effects: Effects, batch: Batch): Intake {
  let gathered: (TakenRow | RejectedLine)[] = [];
  let items = 0;
  let rejected = 0;

  async function flush(): Promise<void> {
    const rows = await resolveUnique(effects.table, batch.id, gathered);
    gathered = [];
    const specs = rows.flatMap((row) => ('items' in row ? row.items : []));
    const lines = rows.filter((row) => 'reason' in row);
    const nowMs = effects.clock.now();
    await writeNew(effects, [
      ...specs.map((spec) => newItemRow(batch.id, spec, nowMs)),
      ...lines.map((line) => rejectedToRow(batch.id, line)),
    ]);
    await effects.workQueue.send(specs.map((spec) => workMessageOf({ batch: batch.id, ...spec })));
    items += specs.length;
    rejected += lines.length;
  }

  async function add(record: FileRecord): Promise<void> {
    gathered.push(takeRecord(effects, batch, record));
    if (gathered.length >= CHUNK_ROWS) await flush();
  }

  return { add, flush, counts: () => ({ items, rejected }) };
}

function takeRecord(effects: Effects, batch: Batch, record: FileRecord): TakenRow | RejectedLine {
  const { row, line } = record;
  const taken = record.kind === 'row' ? rowToItems(record, batch.options, effects.models) : record;
  if (taken.kind === 'items') return { row, line, items: taken.items };
  const { column, reason } = taken;
  return { row, line, reason, ...(column === undefined ? {} : { column }) };
}

/** Writes rows that are not there yet; those that are (the file is being read again) stay as they have become. */
async function writeNew(effects: Pick<Effects, 'table'>, rows: readonly ReturnType<typeof newItemRow>[]) {
  for (const chunk of chunksOf(rows)) {
    let writes = chunk.map((row): TableWrite => ({ kind: 'put', row, onlyIf: { kind: 'absent' } }));
    while (writes.length > 0) {
      const result = await effects.table.write(writes);
      if (result.kind === 'written') break;
      const refused = new Set(result.indexes);
      writes = writes.filter((_, index) => !refused.has(index));
    }
  }
}

function* chunksOf<Row extends object>(rows: readonly Row[]): Iterable<Row[]> {
  let chunk: Row[] = [];
  let bytes = 0;
  for (const row of rows) {
    const size = Buffer.byteLength(JSON.stringify(row));
    if (chunk.length > 0 && (chunk.length >= TRANSACTION_WRITES || bytes + size > TRANSACTION_BYTES)) {
      yield chunk;
      chunk = [];
      bytes = 0;
    }
    chunk.push(row);
    bytes += size;
  }
  if (chunk.length > 0) yield chunk;
}
