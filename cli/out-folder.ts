import { createWriteStream } from 'node:fs';
import { access, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { BatchId } from '../shared/domain/ids.ts';
import { batchFileKey } from '../shared/domain/object-keys.ts';
import { itemsOf } from '../shared/pipeline/batch-items.ts';
import type { Effects } from '../shared/pipeline/effects.ts';
import { UsageError } from './usage-error.ts';

/** A folder in which the images of a batch appear as they are made, beside the batch's manifest. */
export interface OutFolder {
  readonly path: string;
  /** Where an image of the batch stands in the folder. */
  pathOf(key: string): string;
  /** Copies an object, unless it is there already; throws the system's error where it cannot. */
  copy(key: string): Promise<void>;
}

/** Makes the folder and writes to it once, before anything is paid for; throws `UsageError` where that fails. */
export async function prepareOutFolder(
  store: Effects['store'],
  batch: BatchId,
  asked: string | undefined,
): Promise<OutFolder> {
  const path = asked ?? join('out', batch);
  await checkWritable(path);
  const pathOf = (key: string) => join(path, nameInFolder(key, batch));

  async function copy(key: string): Promise<void> {
    const target = pathOf(key);
    const object = await store.get(key);
    if (object === undefined) return;
    const there = await stat(target).catch(() => undefined);
    if (there?.size === object.info.bytes && isImage(key, batch)) return;
    await mkdir(dirname(target), { recursive: true });
    // Renamed when whole, so that the folder never shows half an image.
    const part = `${target}.part`;
    try {
      await pipeline(Readable.from(object.body), createWriteStream(part));
      await rename(part, target);
    } catch (error) {
      await rm(part, { force: true });
      throw error;
    }
  }

  return { path, pathOf, copy };
}

/** Copies all that a batch has: its images, extras, and the files that tell of it. */
export async function copyBatch(effects: Effects, batch: BatchId, folder: OutFolder): Promise<void> {
  for await (const item of itemsOf(effects.table, batch)) {
    if (item.state.kind !== 'done') continue;
    for (const key of [item.state.image.key, ...item.state.image.extras]) await folder.copy(key);
  }
  for (const name of ['manifest.csv', 'manifest.jsonl', 'rejected.csv', 'summary.json'] as const) {
    await folder.copy(batchFileKey(batch, name));
  }
}

async function checkWritable(path: string): Promise<void> {
  const probe = join(path, '.pressrun-probe');
  try {
    await mkdir(path, { recursive: true });
    await access(path);
    await writeFile(probe, '');
    await rm(probe);
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new UsageError(`${path}: cannot be written to (${reason}): name another folder with --out`, {
      cause: error,
    });
  }
}

function isImage(key: string, batch: BatchId): boolean {
  return key.startsWith(`images/${batch}/`);
}

/** Keys are `images/<batch>/<name>` and `batches/<batch>/<name>`; the folder holds just the names. */
function nameInFolder(key: string, batch: BatchId): string {
  return key.replace(`images/${batch}/`, '').replace(`batches/${batch}/`, '');
}
