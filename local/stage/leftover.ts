import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

const pollMs = 20;
const graceMs = 3_000;

/** Ends the dynoxide of a crashed owner. A process of that id which is not a dynoxide on that file is left alone. */
export async function endLeftover(leftover: {
  readonly pid: number;
  readonly dbPath: string;
}): Promise<void> {
  for (let waitedMs = 0; await isOurs(leftover); waitedMs += pollMs) {
    // Asked first, so that the database is closed in good order.
    if (waitedMs === 0) process.kill(leftover.pid, 'SIGTERM');
    if (waitedMs === graceMs) process.kill(leftover.pid, 'SIGKILL');
    if (waitedMs > 2 * graceMs) {
      throw new Error(`dynoxide ${leftover.pid} of an earlier run does not end: end it by hand`);
    }
    await delay(pollMs);
  }
}

async function isOurs({ pid, dbPath }: { readonly pid: number; readonly dbPath: string }): Promise<boolean> {
  const command = await commandLine(pid);
  return command.includes('dynoxide') && command.includes(dbPath);
}

/** Empty where there is no such process. */
async function commandLine(pid: number): Promise<string> {
  if (process.platform === 'linux') {
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    return line.replaceAll('\0', ' ');
  }
  const { stdout } = await promisify(execFile)('ps', ['-ww', '-o', 'command=', '-p', String(pid)]).catch(
    () => ({
      stdout: '',
    }),
  );
  return stdout;
}
