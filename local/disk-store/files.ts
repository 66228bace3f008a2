import { type FileHandle, mkdir, open, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode } from '../../shared/domain/error-code.ts';
import { together } from '../../shared/runtime/files/one-at-a-time.ts';
import { PLATFORM } from '../../shared/runtime/platform.ts';

/** For `.catch`: gives `value` if the file, or a folder on the way to it, is not there; other errors pass. */
export function ifMissing<Value>(value: Value): (error: unknown) => Value {
  return (error) => {
    if (['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes(errorCode(error))) return value;
    throw error;
  };
}

/** Makes the folder of a path where it is missing: nearly always it is there. */
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

/** Writes a new file with `write` and brings it to the disk; leaves nothing if that fails. */
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

/** Gives a file its name in one step, and brings the name to the disk. */
export async function renameDurably(from: string, to: string): Promise<void> {
  await inFolder(to, () => PLATFORM.rename(from, to));
  await syncFolder(dirname(to));
}

const syncs = together();

/** Brings a folder's names to the disk, where the platform can; one sync for all who ask before it begins. */
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
