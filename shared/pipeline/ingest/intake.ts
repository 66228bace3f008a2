import type { Batch } from '../../domain/batch/batch.ts';
import type { ContentCount } from '../../domain/item/content-count.ts';
import type { EmbeddedImage, FileRecord } from '../../domain/prompt-file/format.ts';
import { unusableReference } from '../batch/refusals.ts';
import { resolveUnique } from '../batch/unique-rows.ts';
import { writeNewRows } from '../batch/write-new-rows.ts';
import { eachAtOnce, inGroups } from '../each-at-once.ts';
import type { Effects } from '../effects.ts';
import { type RejectedLine, rejectedToRow } from '../rows/rejected-row.ts';
import { type CountedRow, readCountedRow } from './counted-row.ts';
import { type CountedItem, takeIn } from './new-items.ts';
import { createReferenceStore, type ReferenceStore, type StoredReference } from './reference-store.ts';

/** Items written together, and how many such chunks are under way at a time. */
const CHUNK_ITEMS = 50;
const CHUNKS_AT_ONCE = 8;

/** Gathers the records of a file and writes them together: items with their messages, and rejected lines. */
export interface Intake {
  add(record: FileRecord): void;
  /** Sees a record that was taken in before a crash or a hand-over, so that equal ones after it are counted right. */
  pass(record: FileRecord): void;
  /** Writes what is gathered. After it, all records added so far are taken in for good. */
  flush(): Promise<void>;
  /** Items and rejected lines of all flushed records. */
  counts(): { readonly items: number; readonly rejected: number };
}

type References = ReadonlyMap<string, StoredReference>;

/** A row with the images that it holds itself. */
interface ReadRow extends CountedRow {
  readonly embedded: readonly EmbeddedImage[];
}

/** A row whose reference images are known to be there. */
interface CompleteRow extends CountedRow {
  readonly references: References;
}

export function createIntake(effects: Effects, batch: Batch, count: ContentCount): Intake {
  let gathered: (ReadRow | RejectedLine)[] = [];
  let items = 0;
  let rejected = 0;
  const shelf = createReferenceStore(effects, batch.key);

  async function flush(): Promise<void> {
    const window = gathered;
    gathered = [];
    const complete = await Promise.all(window.map((row) => withReferences(shelf, row)));
    const rows = await resolveUnique(effects.table, batch.id, complete);
    const lines = rows.filter((row) => 'reason' in row);
    await Promise.all([
      eachAtOnce(inGroups(itemsOf(rows), CHUNK_ITEMS), CHUNKS_AT_ONCE, async (chunk) => {
        await takeIn(effects, batch, chunk);
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
    const row = readCountedRow(effects, batch.options, record, count);
    gathered.push('items' in row ? { ...row, embedded: embeddedIn(record) } : row);
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
  row: ReadRow | RejectedLine,
): Promise<CompleteRow | RejectedLine> {
  if (!('items' in row)) return row;
  const references = new Map<string, StoredReference>();
  for (const written of new Set(Iterator.from(row.items).flatMap((spec) => spec.references))) {
    const embedded = row.embedded.find((each) => each.written === written);
    const shelved = await shelf.shelve(written, embedded?.bytes);
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
