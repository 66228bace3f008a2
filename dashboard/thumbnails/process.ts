import { lstatSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { dirname } from 'node:path';
import sharp from 'sharp';
import { isInside, READ_NO_LINK } from '../../shared/runtime/files/no-link.ts';
import { partFile } from '../../shared/runtime/files/part-file.ts';
import { MOST_ORIGINAL_BYTES, type Original } from './original.ts';
import { scaledWebp } from './scale.ts';

/**
 * Makes thumbnails in a process of its own, on one core and at the lowest priority: it takes what a run leaves. It reads
 * and keeps files itself, so that its parent, which may be the run, does nothing for a picture but ask.
 */
export interface Job {
  readonly id: number;
  readonly original: Original;
  readonly longEdge: number;
  /** The file to keep the WebP in. */
  readonly keepAt: string | undefined;
}

export interface Reply {
  readonly id: number;
  readonly result: Result;
}

type Result =
  | { readonly kind: 'made'; readonly webp: Uint8Array; readonly unkept?: string }
  | { readonly kind: 'gone' }
  | { readonly kind: 'failed'; readonly error: string };

sharp.concurrency(1);
sharp.cache(false);
try {
  setPriority(constants.priority.PRIORITY_LOW);
} catch {}

process.on('message', async (job: Job) => {
  const result = await make(job).catch((error): Result => ({ kind: 'failed', error: wordsOf(error) }));
  process.send?.({ id: job.id, result } satisfies Reply);
});
process.on('disconnect', () => process.exit(0));
// Ctrl-C goes to the whole group; the parent ends this process.
process.on('SIGINT', () => undefined);

async function make({ original, longEdge, keepAt }: Job): Promise<Result> {
  const bytes = 'file' in original ? await read(original.folder, original.file) : original;
  if (bytes === undefined) return { kind: 'gone' };
  const webp = await scaledWebp(bytes, longEdge);
  try {
    if (keepAt !== undefined) keep(keepAt, webp);
    return { kind: 'made', webp };
  } catch (error) {
    return { kind: 'made', webp, unkept: wordsOf(error) };
  }
}

async function read(folder: string, file: string): Promise<Buffer | undefined> {
  const stats = lstatSync(file, { throwIfNoEntry: false });
  const isFit = stats?.isFile() === true && stats.size <= MOST_ORIGINAL_BYTES;
  return isFit && (await isInside(folder, file)) ? readFileSync(file, { flag: READ_NO_LINK }) : undefined;
}

/** Whole or not at all, but not brought to the disk: what a power cut takes is made again. */
function keep(path: string, webp: Uint8Array): void {
  const unfinished = partFile(path);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(unfinished, webp, { flag: 'wx' });
  renameSync(unfinished, path);
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
