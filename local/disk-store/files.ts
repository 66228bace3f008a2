import { type FileHandle, mkdir, open, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode } from '../../shared/domain/error-code.ts';
import { together } from '../../shared/runtime/files/one-at-a-time.ts';
import { PLATFORM } from '../../shared/runtime/platform.ts';

/** For `.catch`: `value` if the file or a folder of its path is missing; rethrows other errors. */
export function ifMissing<Value>(value: Value): (error: unknown) => Value {
  return (error) => {
    if (['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes(errorCode(error))) return value;
    throw error;
  };
}

/** Makes the path's folder if missing, which is rare. */
export async function inFolder<Result>(path: string, act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    if (errorCode(error) !== 'ENOENT' && errorCode(error) !== 'ENOTDIR') throw error;
    await mkdir(dirname(path), { recursive: true });
    return await act();
  }
}

export async function removeIfThere(path: string): Promise<void> {
  await unlink(path).catch(ifMissing(undefined));
}

/** Writes a new file and syncs it; leaves nothing on failure. */
export async function writeDurably<Result>(
  path: string,
  write: (file: FileHandle) => Promise<Result>,
): Promise<Result> {
  const file = await inFolder(path, () => open(path, 'wx'));
  try {
    const result = await write(file);
    await file.sync();
    await file.close();
    return result;
  } catch (error) {
    await file.close();
    await removeIfThere(path);
    throw error;
  }
}

/** Renames a file in one step and syncs the name. */
export async function renameDurably(from: string, to: string): Promise<void> {
  await inFolder(to, () => PLATFORM.rename(from, to));
  await syncFolder(dirname(to));
}

const syncs = together();

/** Syncs a folder's names if the platform can; one sync for all who ask before it begins. */
export async function syncFolder(path: string): Promise<void> {
  if (PLATFORM.syncsFolders) await syncs(path, () => syncNow(path));
}

async function syncNow(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
