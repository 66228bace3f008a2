import { randomBytes } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Where a file is written before its rename: unguessable, so no link can wait there; the process id marks litter. */
export function partFile(path: string): string {
  return `${path}.${process.pid}-${randomBytes(6).toString('hex')}.part`;
}

/** Removes files of killed processes. */
export async function removeDeadParts(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const pid = writerOf(name);
    if (pid !== undefined && !isRunning(pid)) await rm(join(folder, name), { force: true });
  }
}

/** Whether another process may be writing such a file. */
export function isWrittenByAnother(name: string): boolean {
  const pid = writerOf(name);
  return pid !== undefined && pid !== process.pid && isRunning(pid);
}

function writerOf(name: string): number | undefined {
  const pid = /\.(\d+)-[0-9a-f]{12}\.part$/.exec(name)?.[1];
  return pid === undefined ? undefined : Number(pid);
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
