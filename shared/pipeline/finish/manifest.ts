import { csvLine } from '../../domain/csv-line.ts';
import type { BatchId } from '../../domain/ids.ts';
import type { Item } from '../../domain/item/item.ts';
import { MANIFEST_COLUMNS } from '../../domain/item/manifest-columns.ts';
import { batchFileKey } from '../../domain/item/object-keys.ts';
import { textChunks } from '../../domain/text-chunks.ts';
import { itemsReadOnce } from '../batch/batch-items.ts';
import type { Effects } from '../effects.ts';
import type { ObjectStore, PutOptions } from '../ports.ts';
import { readRejected } from '../rows/rejected-row.ts';
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

const MOST_TRIES = 5;

/** Writes a finished batch's manifest, rejected lines and summary. Safe to repeat; never overwrites a newer one. */
export async function writeBatchFiles(effects: Writer, batch: BatchId): Promise<void> {
  for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
    if (await wroteBatchFiles(effects, batch)) return;
  }
  throw new Error(`the manifest of batch ${batch} is being written by others: try again later`);
}

/** `false` if another worker writes them too. */
async function wroteBatchFiles(effects: Writer, batch: BatchId): Promise<boolean> {
  // Before reading the table.
  const [csv, jsonl, summaryFile] = await Promise.all([
    replacing(effects, batchFileKey(batch, 'manifest.csv')),
    replacing(effects, batchFileKey(batch, 'manifest.jsonl')),
    replacing(effects, batchFileKey(batch, 'summary.json')),
  ]);
  // From batches/<batch>/, where the manifest is.
  const manifest = await manifestFiles(itemsReadOnce(effects.table, batch), (_, key) => `../../${key}`);
  if (!(await csv(manifest.csv, CSV))) return false;
  if (!(await jsonl(manifest.jsonl, { contentType: 'application/x-ndjson' }))) return false;
  const notices = manifest.noticed();
  await writeRejected(effects, batch);
  const status = await batchStatus(effects, batch);
  const { pauses: _, ...summary } = { ...status, state: 'complete', ...(notices > 0 && { notices }) };
  const bytes = Buffer.from(`${JSON.stringify(summary, null, 2)}\n`);
  return await summaryFile(bytes, { contentType: 'application/json' });
}

/** Replaces the object that is there now; `false` if another one is there by then. */
async function replacing({ store }: Pick<Effects, 'store'>, key: string) {
  const before = await store.head(key);
  const onlyIf = before === undefined ? { onlyIfAbsent: true } : { onlyIfEtag: before.etag };
  return async (body: Parameters<ObjectStore['put']>[1], options: PutOptions): Promise<boolean> =>
    (await store.put(key, body, { ...options, ...onlyIf })).kind === 'stored';
}

/** Writes `rejected.csv`: a line for each rejected row. */
export async function writeRejected(
  effects: Pick<Effects, 'table' | 'store'>,
  batch: BatchId,
): Promise<void> {
  const lines = mapRows(readRejected(effects.table, batch), (line) => ({ ...line }));
  await effects.store.put(batchFileKey(batch, 'rejected.csv'), csvOf(REJECTED_COLUMNS, lines), CSV);
}

const REJECTED_COLUMNS = ['line', 'row', 'column', 'reason'];

/** A batch's manifest in both forms; `nameOf` names images. */
interface ManifestFiles {
  readonly csv: AsyncIterable<Uint8Array>;
  readonly jsonl: AsyncIterable<Uint8Array>;
}

/** Reads `items` three times. Each file can be read once. */
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
  return { csv, jsonl: textChunks(jsonl), noticed: () => noticed };
}

/** Facts of all items, before the first line is written. */
interface Survey {
  /** The file's own columns in any row: a JSONL's rows may differ. */
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

/** Escapes an escaped formula once more, so that it is read back as it was. */
const ESCAPED_FORMULA = /^'+[=+\-@＝＋－＠]/;

function csvOf(columns: readonly string[], lines: AsyncIterable<ManifestLine>): AsyncIterable<Uint8Array> {
  return textChunks(csvLines(columns, lines));
}

async function* csvLines(
  columns: readonly string[],
  lines: AsyncIterable<ManifestLine>,
): AsyncGenerator<string> {
  yield `${csvLine(columns)}\n`;
  for await (const line of lines) {
    yield `${csvLine(columns.map((name) => escapedAgain(cellOf(line, name))))}\n`;
  }
}

function escapedAgain(cell: string | number | undefined): string {
  const text = String(cell ?? '');
  return ESCAPED_FORMULA.test(text) ? `'${text}` : text;
}

async function* mapRows<From, To>(rows: AsyncIterable<From>, change: (row: From) => To): AsyncIterable<To> {
  for await (const row of rows) yield change(row);
}
