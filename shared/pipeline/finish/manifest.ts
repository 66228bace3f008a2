import { pipeline } from 'node:stream';
import { stringify } from 'csv-stringify';
import type { BatchId } from '../../domain/ids.ts';
import { type Item, type ItemRef, imageOf } from '../../domain/item/item.ts';
import { batchFileKey } from '../../domain/item/object-keys.ts';
import { formatCredits } from '../../domain/money/money.ts';
import { itemsOf } from '../batch/batch-items.ts';
import type { Effects } from '../effects.ts';
import { rejectedPartition, rowToRejected } from '../rows/rejected-row.ts';
import { batchStatus } from './batch-status.ts';
import { collectNotices, type Notices } from './notices.ts';

type Writer = Pick<Effects, 'table' | 'store' | 'models' | 'clock'>;

/** Writes what a finished batch leaves behind: manifest (CSV and JSONL), rejected lines and summary. Safe to repeat. */
export async function writeBatchFiles(effects: Writer, batch: BatchId): Promise<void> {
  const survey = await surveyOf(effects, batch);
  await writeManifestCsv(effects, batch, survey);
  const notices = await writeManifestJsonl(effects, batch, survey);
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
  await putCsv(
    effects,
    batchFileKey(batch, 'rejected.csv'),
    REJECTED_COLUMNS,
    mapRows(rows, (row) => ({ ...rowToRejected(row) })),
  );
}

const REJECTED_COLUMNS = ['line', 'row', 'column', 'reason'];

const MANIFEST_COLUMNS = [
  'row',
  'variant',
  'id',
  'state',
  'file',
  'type',
  'width',
  'height',
  'bytes',
  'sha256',
  'credits',
  'credits_unknown_max',
  'model',
  'prompt',
  'tags',
  'code',
  'message',
  'mismatch',
  'extras',
  'reused_from',
  'notice',
] as const;

async function writeManifestCsv(effects: Writer, batch: BatchId, { own, notices }: Survey): Promise<void> {
  const lines = mapRows(itemsOf(effects.table, batch), (item) => ({
    ...manifestLine(item, own),
    notice: notices.of(item),
  }));
  await putCsv(
    effects,
    batchFileKey(batch, 'manifest.csv'),
    [...MANIFEST_COLUMNS, ...own.map(ownName)],
    lines,
  );
}

/** Gives how many images have a notice. */
async function writeManifestJsonl(effects: Writer, batch: BatchId, { notices }: Survey): Promise<number> {
  let noticed = 0;
  const lines = mapRows(itemsOf(effects.table, batch), (item) => {
    const notice = notices.of(item);
    if (notice !== undefined) noticed += 1;
    return `${JSON.stringify({ ...jsonLine(item), notice })}\n`;
  });
  await effects.store.put(batchFileKey(batch, 'manifest.jsonl'), encode(lines), {
    contentType: 'application/x-ndjson',
  });
  return noticed;
}

/** What has to be known of all items before the first line is written. */
interface Survey {
  /** The file's own columns, as any of its rows has them: all rows of a CSV have the same, those of a JSONL may differ. */
  readonly own: readonly string[];
  readonly notices: Notices;
}

async function surveyOf(effects: Writer, batch: BatchId): Promise<Survey> {
  const names = new Set<string>();
  const notices = collectNotices();
  for await (const item of itemsOf(effects.table, batch)) {
    for (const name of Object.keys(item.columns)) names.add(name);
    notices.add(item);
  }
  return { own: [...names], notices };
}

/** An own column that has the name of one of ours keeps it, marked. */
function ownName(name: string): string {
  return (MANIFEST_COLUMNS as readonly string[]).includes(name) ? `file.${name}` : name;
}

/** A cell that has the apostrophe of a formula already gets another, so that it is read back as it was. */
function escapedAgain(cell: string | number | undefined): string | number | undefined {
  return typeof cell === 'string' && /^'+[=+\-@＝＋－＠]/.test(cell) ? `'${cell}` : cell;
}

type Line = Readonly<Record<string, string | number | undefined>>;

function cellOf<Cell>(line: Readonly<Record<string, Cell>>, name: string): Cell | undefined {
  return Object.hasOwn(line, name) ? line[name] : undefined;
}

function manifestLine(item: Item, own: readonly string[]): Line {
  const { state } = item;
  const image = imageOf(item);
  return {
    ...Object.fromEntries(own.map((name) => [ownName(name), cellOf(item.columns, name)])),
    row: item.row,
    variant: item.variant,
    id: item.id,
    state: state.kind,
    file: image?.key,
    type: image?.type,
    width: image?.width,
    height: image?.height,
    bytes: image?.bytes,
    sha256: image?.sha256,
    credits: formatCredits(item.creditsMicro),
    credits_unknown_max: formatCredits(item.creditsMaxUnknownMicro),
    model: item.settings.model,
    prompt: item.prompt,
    tags: Object.entries(item.tags)
      .sort()
      .map(([key, value]) => `${key}=${value}`)
      .join(';'),
    code: state.kind === 'failed' ? state.code : undefined,
    message: state.kind === 'failed' ? state.message : undefined,
    mismatch: image?.mismatch,
    extras: image?.extras.join('|'),
    reused_from: state.kind === 'reused' ? itemName(state.madeFor) : undefined,
  };
}

/** Such as `cards-0a1b2c3d4e#12/1`: batch, row, variant. */
function itemName({ batch, row, variant }: ItemRef): string {
  return `${batch}#${row}/${variant}`;
}

function jsonLine(item: Item) {
  const { history: _, attempts: __, state, ...rest } = item;
  const { kind, ...detail } = state;
  return { ...rest, state: kind, ...detail };
}

async function putCsv(
  effects: Pick<Effects, 'store'>,
  key: string,
  columns: readonly string[],
  lines: AsyncIterable<Line>,
): Promise<void> {
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
  await effects.store.put(key, encode(csv), { contentType: 'text/csv; charset=utf-8' });
}

async function* mapRows<From, To>(rows: AsyncIterable<From>, change: (row: From) => To): AsyncIterable<To> {
  for await (const row of rows) yield change(row);
}

async function* encode(texts: AsyncIterable<string | Uint8Array>): AsyncIterable<Uint8Array> {
  for await (const text of texts) yield typeof text === 'string' ? Buffer.from(text) : text;
}
