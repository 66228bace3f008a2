import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a folder and those above it. Not `mkdir` with `recursive`: Node 24 spins for ever where a file system answers
 * ENOENT to a new folder, as /proc does.
 */
export async function makeFolder(path: string): Promise<void> {
  const problem = await tryMake(path);
  if (problem === undefined) return;
  if (codeOf(problem) !== 'ENOENT' || dirname(path) === path) throw problem;
  await makeFolder(dirname(path));
  const again = await tryMake(path);
  if (again !== undefined) throw again;
}

/** Something that is there may be a file; then whatever is made inside it will say so. */
async function tryMake(path: string): Promise<unknown> {
  try {
    await mkdir(path);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') return error;
  }
  return undefined;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
