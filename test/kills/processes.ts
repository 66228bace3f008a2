import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Whether the process has opened a stage's table. */
export function hasOpenedStage(pid: number): boolean {
  const links = read(() => readdirSync(`/proc/${pid}/fd`))?.map((fd) =>
    read(() => readlinkSync(`/proc/${pid}/fd/${fd}`)),
  );
  return links?.some((link) => link?.endsWith('stage.sqlite')) ?? false;
}

const TICK_MS = 10;

/** Processor time that a process has had. */
export function processorMs(pid: number): number {
  // After the name in brackets: the state, and as the 12th and 13th the time in the program and in the system.
  const fields = read(() => readFileSync(`/proc/${pid}/stat`, 'utf8'))
    ?.replace(/^.*\) /, '')
    .split(' ');
  return fields === undefined ? 0 : (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** How long a process's main thread could have run, and had no processor. Undefined once it has ended. */
export function queuedMs(pid: number): number | undefined {
  const fields = read(() => readFileSync(`/proc/${pid}/schedstat`, 'utf8'))?.split(' ');
  return fields === undefined ? undefined : Number(fields[1]) / 1e6;
}

/** A process may end at any time. */
function read<Value>(look: () => Value): Value | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
