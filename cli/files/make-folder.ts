import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode } from '../../shared/domain/error-code.ts';

/** Makes a folder and its parents. Node 24's recursive `mkdir` loops forever on a file system that answers ENOENT, as /proc. */
export async function makeFolder(path: string, mode?: number): Promise<void> {
  const problem = await tryMake(path, mode);
  if (problem === undefined) return;
  if (errorCode(problem) !== 'ENOENT' || dirname(path) === path) throw problem;
  await makeFolder(dirname(path), mode);
  const again = await tryMake(path, mode);
  if (again !== undefined) throw again;
}

/** An existing path may be a file; then writing inside it fails. */
async function tryMake(path: string, mode: number | undefined): Promise<unknown> {
  try {
    await mkdir(path, { mode });
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') return error;
  }
  return undefined;
}
