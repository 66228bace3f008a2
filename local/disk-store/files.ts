import { type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PLATFORM } from '../../shared/runtime/platform.ts';

/** For `.catch`: gives `value` where the file, or a folder on the way to it, is not there; other errors pass. */
export function ifMissing<Value>(value: Value): (error: unknown) => Value {
  return (error) => {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR') || hasCode(error, 'ENAMETOOLONG')) return value;
    throw error;
  };
}

export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

/** Writes a new file with `write` and brings it to the disk; leaves nothing where that fails. */
export async function writeDurably<Result>(
  path: string,
  write: (file: FileHandle) => Promise<Result>,
): Promise<Result> {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, 'wx');
  try {
    const result = await write(file);
    await file.sync();
    await file.close();
    return result;
  } catch (error) {
    await file.close();
    await rm(path, { force: true });
    throw error;
  }
}

/** Gives a file its name in one step, and brings the name to the disk. */
export async function renameDurably(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await PLATFORM.rename(from, to);
  await syncFolder(dirname(to));
}

/** Brings a folder's names to the disk, where the platform can. */
export async function syncFolder(path: string): Promise<void> {
  if (!PLATFORM.syncsFolders) return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
