import type { Batch } from '../../domain/batch/batch.ts';
import type { ContentCount } from '../../domain/item/content-count.ts';
import type { EmbeddedImage, FileRecord } from '../../domain/prompt-file/format.ts';
import { unusableReference } from '../batch/refusals.ts';
import { resolveUnique } from '../batch/unique-rows.ts';
import type { Effects } from '../effects.ts';
import { type RejectedLine, rejectedToRow } from '../rows/rejected-row.ts';
import { type CountedRow, readCountedRow } from './counted-row.ts';
import { type CountedItem, itemsOfRows } from './new-items.ts';
import { createReferenceStore, type ReferenceStore, type StoredReference } from './reference-store.ts';

/** Rows taken together: with an `id` and a name each, their uniqueness is one transaction of at most 100 writes. */
const CHUNK_ROWS = 40;
/** Items taken together: as many lookups are under way at a time. */
const CHUNK_ITEMS = 50;

/** Gathers the records of a file and writes them in chunks: items with their messages, and rejected lines. */
export interface Intake {
  add(record: FileRecord): Promise<void>;
  /** Sees a record that was taken in before a crash or a hand-over, so that equal ones after it are counted right. */
  pass(record: FileRecord): void;
  /** Writes what is gathered. After it, all records added so far are taken in for good. */
  flush(): Promise<void>;
  /** Items and rejected lines of all flushed records. */
  counts(): { readonly items: number; readonly rejected: number };
}

type References = ReadonlyMap<string, StoredReference>;

/** A row whose reference images are known to be there. */
interface CompleteRow extends CountedRow {
  readonly references: References;
}

export function createIntake(effects: Effects, batch: Batch, count: ContentCount): Intake {
  let gathered: (CountedRow | RejectedLine)[] = [];
  let items = 0;
  let rejected = 0;
  const shelf = createReferenceStore(effects, batch.key);

  async function flush(): Promise<void> {
    const complete = await Promise.all(gathered.map((row) => withReferences(shelf, row)));
    const rows = await resolveUnique(effects.table, batch.id, complete);
    gathered = [];
    let chunk: CountedItem[] = [];
    for (const item of itemsOf(rows)) {
      chunk.push(item);
      items += 1;
      if (chunk.length < CHUNK_ITEMS) continue;
      await itemsOfRows(effects, batch, chunk);
      chunk = [];
    }
    const lines = rows.filter((row) => 'reason' in row);
    const lineRows = lines.map((line) => ({ row: rejectedToRow(batch.id, line) }));
    await itemsOfRows(effects, batch, chunk, lineRows);
    rejected += lines.length;
  }

  async function add(record: FileRecord): Promise<void> {
    const row = readCountedRow(effects, batch.options, record, count);
    // At once, for these bytes must not wait for other rows.
    if ('items' in row)
      for (const { written, bytes } of embeddedIn(record)) await shelf.shelve(written, bytes);
    gathered.push(row);
    if (gathered.length >= CHUNK_ROWS) await flush();
  }

  const pass = (record: FileRecord) => void readCountedRow(effects, batch.options, record, count);
  return { add, pass, flush, counts: () => ({ items, rejected }) };
}

function embeddedIn(record: FileRecord): readonly EmbeddedImage[] {
  return record.kind === 'row' ? (record.embedded ?? []) : [];
}

/** Puts a row's reference images on the shelf; one that cannot be used is a reason not to take the row. */
async function withReferences(
  shelf: ReferenceStore,
  row: CountedRow | RejectedLine,
): Promise<CompleteRow | RejectedLine> {
  if (!('items' in row)) return row;
  const references = new Map<string, StoredReference>();
  for (const written of new Set(Iterator.from(row.items).flatMap((spec) => spec.references))) {
    const shelved = await shelf.shelve(written);
    if (shelved.kind === 'bad') return unusableReference(row, written, shelved.problem);
    references.set(written, shelved);
  }
  return { ...row, references };
}

function* itemsOf(rows: readonly (CompleteRow | RejectedLine)[]): Iterable<CountedItem> {
  for (const row of rows) {
    if (!('items' in row)) continue;
    let index = 0;
    for (const spec of row.items) {
      const shelved = spec.references.flatMap((written) => row.references.get(written) ?? []);
      const keys = shelved.map(({ key }) => key);
      const references = shelved.map(({ sha256 }) => sha256);
      yield { spec: { ...spec, references: keys }, nth: row.duplicateNumbers[index] ?? 1, references };
      index += 1;
    }
  }
}
