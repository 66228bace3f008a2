import { pipeline } from 'node:stream';
import { stringify } from 'csv-stringify';
import type { BatchId } from '../../domain/ids.ts';
import type { Item } from '../../domain/item/item.ts';
import { MANIFEST_COLUMNS } from '../../domain/item/manifest-columns.ts';
import { batchFileKey } from '../../domain/item/object-keys.ts';
import { itemsReadOnce } from '../batch/batch-items.ts';
import type { Effects } from '../effects.ts';
import { rejectedPartition, rowToRejected } from '../rows/rejected-row.ts';
import { batchStatus } from './batch-status.ts';
import {
  cellOf,
  type ManifestLine,
  manifestJson,
  manifestLine,
  type NameOf,
  ownName,
} from './manifest-lines.ts';
import { collectNotices, type Notices } from './notices.ts';

const CSV = { contentType: 'text/csv; charset=utf-8' };

type Writer = Pick<Effects, 'table' | 'store' | 'models' | 'clock'>;

/** Writes what a finished batch leaves behind: manifest (CSV and JSONL), rejected lines and summary. Safe to repeat. */
export async function writeBatchFiles(effects: Writer, batch: BatchId): Promise<void> {
  // From where the manifest lies, batches/<batch>/, to where the image does.
  const manifest = await manifestFiles(itemsReadOnce(effects.table, batch), (_, key) => `../../${key}`);
  await effects.store.put(batchFileKey(batch, 'manifest.csv'), manifest.csv, CSV);
  await effects.store.put(batchFileKey(batch, 'manifest.jsonl'), manifest.jsonl, {
    contentType: 'application/x-ndjson',
  });
  const notices = manifest.noticed();
  await writeRejected(effects, batch);
  const status = await batchStatus(effects, batch);
  const { pauses: _, ...summary } = { ...status, state: 'complete', ...(notices > 0 && { notices }) };
  await effects.store.put(
    batchFileKey(batch, 'summary.json'),
    Buffer.from(`${JSON.stringify(summary, null, 2)}\n`),
    { contentType: 'application/json' },
  );
}

/** Writes `rejected.csv`: one line for each line of the file that asked for nothing that can be made. */
export async function writeRejected(
  effects: Pick<Effects, 'table' | 'store'>,
  batch: BatchId,
): Promise<void> {
  const rows = effects.table.query({ pk: rejectedPartition(batch) });
  const lines = mapRows(rows, (row) => ({ ...rowToRejected(row) }));
  await effects.store.put(batchFileKey(batch, 'rejected.csv'), csvOf(REJECTED_COLUMNS, lines), CSV);
}

const REJECTED_COLUMNS = ['line', 'row', 'column', 'reason'];

/** A batch's manifest in both forms, as it lies where images are called what `nameOf` says. */
interface ManifestFiles {
  readonly csv: AsyncIterable<Uint8Array>;
  readonly jsonl: AsyncIterable<Uint8Array>;
}

/** Goes through `items` three times. Each of its files can be read once. */
export async function manifestFiles(
  items: () => AsyncIterable<Item>,
  nameOf: NameOf,
): Promise<ManifestFiles & { noticed(): number }> {
  const { own, notices } = await surveyOf(items());
  let noticed = 0;
  const csv = csvOf(
    [...MANIFEST_COLUMNS, ...own.map(ownName)],
    mapRows(items(), (item) => ({ ...manifestLine(item, own, nameOf), notice: notices.of(item) })),
  );
  const jsonl = mapRows(items(), (item) => {
    const notice = notices.of(item);
    if (notice !== undefined) noticed += 1;
    return `${JSON.stringify({ ...manifestJson(item, nameOf), notice })}\n`;
  });
  return { csv, jsonl: encode(jsonl), noticed: () => noticed };
}

/** What has to be known of all items before the first line is written. */
interface Survey {
  /** The file's own columns, as any of its rows has them: all rows of a CSV have the same, those of a JSONL may differ. */
  readonly own: readonly string[];
  readonly notices: Notices;
}

async function surveyOf(items: AsyncIterable<Item>): Promise<Survey> {
  const names = new Set<string>();
  const notices = collectNotices();
  for await (const item of items) {
    for (const name of Object.keys(item.columns)) names.add(name);
    notices.add(item);
  }
  return { own: [...names], notices };
}

/** A cell that has the apostrophe of a formula already gets another, so that it is read back as it was. */
function escapedAgain(cell: string | number | undefined): string | number | undefined {
  return typeof cell === 'string' && /^'+[=+\-@＝＋－＠]/.test(cell) ? `'${cell}` : cell;
}

function csvOf(columns: readonly string[], lines: AsyncIterable<ManifestLine>): AsyncIterable<Uint8Array> {
  // Cells in their order: by its name, csv-stringify takes `a.b` for a path, and finds a `constructor` in every line.
  const cells = mapRows(lines, (line) => columns.map((name) => escapedAgain(cellOf(line, name))));
  // A cell that begins like a formula is data from outside: a spreadsheet must not run it.
  const csv = stringify({
    header: true,
    columns: [...columns],
    escape_formulas: true,
    quoted_match: /[\r\n]/,
  });
  // Hands an error of the lines on to whoever reads the file; `pipe` would leave it to end the process.
  pipeline(cells, csv, () => undefined);
  return encode(csv);
}

async function* mapRows<From, To>(rows: AsyncIterable<From>, change: (row: From) => To): AsyncIterable<To> {
  for await (const row of rows) yield change(row);
}

async function* encode(texts: AsyncIterable<string | Uint8Array>): AsyncIterable<Uint8Array> {
  for await (const text of texts) yield typeof text === 'string' ? Buffer.from(text) : text;
}
