import { basename } from 'node:path/posix';
import type { Batch } from '../../domain/batch/batch.ts';
import { metadataToOptions } from '../../domain/batch/batch-options.ts';
import type { BatchId } from '../../domain/ids.ts';
import { batchIdOf, imagesPrefix } from '../../domain/item/object-keys.ts';
import { batchScope } from '../../domain/money/budget.ts';
import type { FilePosition } from '../../domain/prompt-file/format.ts';
import {
  type NamedFile,
  type OpenPrompts,
  openPrompts,
} from '../../domain/prompt-file/reader/open-prompts.ts';
import { expansionProblem } from '../../domain/prompt-file/row/count-items.ts';
import { createBatch, readBatch } from '../batch/batches.ts';
import type { Effects } from '../effects.ts';
import { type UploadEvent, uploadMessageOf } from '../messages.ts';
import { isoTime } from '../money/attempt.ts';
import { openNewBudget } from '../money/set-budget.ts';
import type { ObjectInfo } from '../ports.ts';
import { type Checkpoint, checkpointWrite, readCheckpoint } from '../rows/checkpoint-row.ts';
import { finishIngest, type IngestResult, refuseBatch } from './finish-ingest.ts';
import { createIntake, type Intake } from './intake.ts';
import { markReading, markReadingBegun } from './reading-marks.ts';

/** Rows written before each checkpoint: a crash repeats at most these. */
const WINDOW_ROWS = 400;
const WINDOW_BYTES = 4 * 1024 * 1024;
/** Time left for the last chunk and the hand-over. */
const HAND_OVER_MS = 20_000;

/**
 * Ingests an upload: each row becomes items with messages, or a rejected line. Streams with checkpoints and hands over
 * before time runs out; after a crash, the same event continues, and ingested rows change nothing.
 */
export async function ingestUpload(
  effects: Effects,
  event: UploadEvent,
  remainingMs: () => number,
  windowRows = WINDOW_ROWS,
): Promise<IngestResult> {
  const info = await effects.store.head(event.key);
  if (info === undefined) return { kind: 'gone' };
  const id = batchIdOf(info.key, info.version);
  const batch = (await readBatch(effects.table, id)) ?? (await openBatch(effects, info, event.user));
  if (batch.state !== 'ingesting') return { kind: 'known' };
  if (batch.problem !== undefined) return await refuseBatch(effects, batch, batch.problem);

  await markReadingBegun(effects, batch);
  try {
    return await whileGivingSigns(effects, batch.id, () =>
      ingestBatch(effects, batch, info, { remainingMs, windowRows }),
    );
  } catch (error) {
    // The file was replaced or deleted: the sweep closes the batch.
    if (error instanceof FileGone) return { kind: 'gone' };
    throw error;
  }
}

const SIGN_MS = 20_000;

/** The sweep sees by these signs that the file is being read. */
async function whileGivingSigns<Result>(
  effects: Effects,
  batch: BatchId,
  read: () => Promise<Result>,
): Promise<Result> {
  const ended = new AbortController();
  const signs = (async () => {
    for (;;) {
      await effects.clock.sleep(SIGN_MS, ended.signal);
      if (ended.signal.aborted) return;
      await markReading(effects, batch).catch((error) => effects.log.error('no sign could be given', error));
    }
  })();
  try {
    return await read();
  } finally {
    ended.abort();
    await signs;
  }
}

interface ReadingPace {
  readonly remainingMs: () => number;
  readonly windowRows: number;
}

async function ingestBatch(
  effects: Effects,
  batch: Batch,
  info: ObjectInfo,
  pace: ReadingPace,
): Promise<IngestResult> {
  const file = await openPrompts(storedFile(effects, batch, info), batch.options);
  if (file.kind === 'problem') return await refuseBatch(effects, batch, file.message);
  const checkpoint = (await readCheckpoint(effects.table, batch.id)) ?? (await firstCheckpoint(batch, file));
  if ('problem' in checkpoint) return await refuseBatch(effects, batch, checkpoint.problem);
  const end = await readOn(effects, batch, file, checkpoint, pace);
  return end === 'handed-over' ? { kind: end } : await finishIngest(effects, batch, end);
}

async function openBatch(effects: Effects, info: ObjectInfo, user: string | undefined): Promise<Batch> {
  const parsed = metadataToOptions(info.metadata, effects.defaultModel);
  const id = batchIdOf(info.key, info.version);
  const batch: Batch = {
    id,
    state: 'ingesting',
    key: info.key,
    version: info.version,
    options: user === undefined ? parsed.options : { ...parsed.options, user },
    createdAt: isoTime(effects.clock.now()),
    ...((await hasImages(effects, id)) && { hadImages: true }),
    ...(parsed.kind === 'problem' ? { problem: parsed.message } : {}),
  };
  const { budgetMicro, user: who } = batch.options;
  if (budgetMicro !== undefined) await openNewBudget(effects, batchScope(batch.id), budgetMicro, who);
  await createBatch(effects.table, batch);
  return (await readBatch(effects.table, batch.id)) ?? batch;
}

/** Before a batch has a row, only a lost table can have known it. */
async function hasImages({ store }: Effects, batch: BatchId): Promise<boolean> {
  for await (const _image of store.list(imagesPrefix(batch))) return true;
  return false;
}

/** Where to begin, if at all: a template's items are counted before anything is written. */
async function firstCheckpoint(
  batch: Batch,
  { format, start, records }: OpenPrompts,
): Promise<FirstCheckpoint> {
  const problem = await expansionProblem(records(), batch.options);
  return problem === undefined ? { format, position: start, items: 0, rejected: 0 } : { problem };
}

type FirstCheckpoint = Checkpoint | { readonly problem: string };

/** A batch's file. Throws `FileGone` if it was replaced or deleted. */
function storedFile({ store }: Effects, { key, version }: Batch, { bytes }: ObjectInfo): NamedFile {
  async function* open(from: number): AsyncGenerator<Uint8Array> {
    const object = await store.get(key, from);
    if (object?.info.version !== version) throw new FileGone();
    yield* object.body;
  }
  return { name: basename(key), size: bytes, open };
}

class FileGone extends Error {
  override name = 'FileGone';
}

/** Reads to the end, or until the invocation's time runs out. */
async function readOn(
  effects: Effects,
  batch: Batch,
  file: OpenPrompts,
  from: Checkpoint,
  { remainingMs, windowRows }: ReadingPace,
): Promise<Checkpoint | 'handed-over'> {
  const intake = createIntake(effects, batch);
  await passOver(file, from, intake);
  const checkpointAt = (position: FilePosition): Checkpoint => {
    const { items, rejected } = intake.counts();
    return { ...from, position, items: from.items + items, rejected: from.rejected + rejected };
  };
  let saved = from.position;
  let position = from.position;
  for await (const record of file.records(from.position, from.format)) {
    intake.add(record);
    position = record.next;
    if (position.row - saved.row < windowRows && position.byte - saved.byte < WINDOW_BYTES) continue;
    await intake.flush();
    saved = position;
    await effects.table.write([checkpointWrite(batch.id, checkpointAt(saved))]);
    if (remainingMs() > HAND_OVER_MS) continue;
    await effects.ingestQueue.send([uploadMessageOf(batch)]);
    return 'handed-over';
  }
  await intake.flush();
  return checkpointAt(position);
}

/** Reads what was ingested already, without writing, to count equal rows. */
async function passOver(file: OpenPrompts, until: Checkpoint, intake: Intake): Promise<void> {
  if (until.position.row === 0) return;
  for await (const record of file.records()) {
    if (record.row > until.position.row) return;
    intake.pass(record);
  }
}
