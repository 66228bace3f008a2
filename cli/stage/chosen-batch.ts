import { type BatchId, parseBatchId } from '../../shared/domain/ids.ts';
import { batchIdOf, UPLOADS_PREFIX } from '../../shared/domain/item/object-keys.ts';
import { newestBatches, readBatch } from '../../shared/pipeline/batch/batches.ts';
import type { Effects } from '../../shared/pipeline/effects.ts';
import { batchStatus } from '../../shared/pipeline/finish/batch-status.ts';
import { waitingUpload } from '../../shared/pipeline/finish/waiting-upload.ts';
import { unreadUploads } from '../../shared/pipeline/ingest/uploads.ts';
import { UsageError } from '../usage-error.ts';

type Reader = Pick<Effects, 'table' | 'store' | 'models' | 'clock'>;

const LATEST = 'latest';
/** Candidates shown for an ambiguous id. */
const MOST_NAMED = 5;

/** The batch you name by id, a unique part of it or `latest`; by default the newest. Throws `UsageError` unless there is one. */
export async function chosenBatch(effects: Reader, text: string | undefined): Promise<BatchId> {
  if (text === undefined || text === LATEST) {
    const newest = await newestOf(effects);
    if (newest !== undefined) return newest;
    throw new UsageError('no batches yet. Start one: `pressrun run FILE`');
  }
  const id = parseBatchId(text);
  if (id !== undefined && (await isBatch(effects, id))) return id;
  const [only, ...others] = id === undefined ? [] : await batchesNamed(effects, text);
  if (only === undefined) throw await notFound(effects, text);
  if (others.length === 0) return only;
  const named = [only, ...others].slice(0, MOST_NAMED).join(', ');
  throw new UsageError(
    `"${text}" means ${others.length + 1} batches: ${named}${others.length >= MOST_NAMED ? ', …' : ''}. Write more of the id, or "latest".`,
  );
}

/** The newest batch, or file that was submitted after it and is not read yet. */
async function newestOf(effects: Reader): Promise<BatchId | undefined> {
  const [unread] = await unreadUploads(effects, NEWEST_UPLOADS);
  for await (const id of newestBatches(effects.table, 1)) {
    if (unread === undefined) return id;
    const createdAtMs = Date.parse((await readBatch(effects.table, id))?.createdAt ?? '');
    return unread.submittedAtMs > createdAtMs ? unread.batch : id;
  }
  return unread?.batch;
}

const NEWEST_UPLOADS = 5;

/** The batch to change. Throws `UsageError` if there is none, or its file is unread. */
export async function batchToChange(effects: Reader, text: string): Promise<BatchId> {
  const id = await chosenBatch(effects, text);
  if ((await readBatch(effects.table, id)) !== undefined) return id;
  throw new UsageError(`the file of ${id} isn't read yet: try again once a worker has read it`);
}

async function isBatch(effects: Reader, id: BatchId): Promise<boolean> {
  return ((await batchStatus(effects, id)) ?? (await waitingUpload(effects, id))) !== undefined;
}

/** Ids that begin with the text; if none does, ids that have it in them. */
async function batchesNamed({ table, store }: Reader, text: string): Promise<BatchId[]> {
  const found = new Set<BatchId>();
  for await (const id of newestBatches(table)) if (id.includes(text)) found.add(id);
  for await (const { key, version } of store.list(UPLOADS_PREFIX)) {
    const id = batchIdOf(key, version);
    if (id.includes(text)) found.add(id);
  }
  const beginning = [...found].filter((id) => id.startsWith(text));
  return beginning.length > 0 ? beginning : [...found];
}

async function notFound({ table }: Reader, text: string): Promise<UsageError> {
  const near: BatchId[] = [];
  for await (const id of newestBatches(table, 200)) if (isNear(id, text)) near.push(id);
  const hint = near.length === 0 ? '' : ` Did you mean ${near.slice(0, 3).join(' or ')}?`;
  return new UsageError(`no batch "${text}" in this stage.${hint} To list all: \`pressrun status\``);
}

/** Shares a word of the name, or the middle of the id. */
function isNear(id: string, text: string): boolean {
  const word = text.toLowerCase().slice(0, 40);
  return word.length >= 3 && (id.includes(word) || word.includes(id.split('-')[0] ?? id));
}
