import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Where a file of the out folder is written before it gets its name: several commands may write the same one at once. */
export function partFile(path: string): string {
  return `${path}.${process.pid}.part`;
}

/** Removes what processes left that were killed while they wrote to a folder. */
export async function removeDeadParts(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const pid = /\.(\d+)\.part$/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) await rm(join(folder, name), { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
