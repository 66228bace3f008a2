import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import type { Random } from '../../local/simulator/random.ts';
import type { Started } from '../cli/workplace.ts';
import type { Home } from './home.ts';

/** When a command is killed; resolves never, or to whether the moment has come. */
export type Moment = () => Promise<boolean>;

/**
 * After so much of the process's own processor time since it opened the stage: before, nothing can break, and the
 * machine's other work doesn't shift it.
 */
export function atWork({ pid }: Started, withinMs: number): Moment {
  let openedMs: number | undefined;
  return async () => {
    if (openedMs === undefined && hasOpenedStage(pid)) openedMs = processorMs(pid);
    return openedMs !== undefined && processorMs(pid) - openedMs >= withinMs;
  };
}

/** While the manifest of a batch is written. */
export function atFinishing({ batches }: Home, random: Random): Moment {
  return async () => {
    const isFinishing = (await batches()).some(({ state }) => state === 'finishing');
    if (isFinishing) await setTimeout(random.next() * FINISHING_MS);
    return isFinishing;
  };
}

/** About as long as one takes. */
const FINISHING_MS = 40;

function hasOpenedStage(pid: number): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) =>
      linkOf(`/proc/${pid}/fd/${fd}`).endsWith('stage.sqlite'),
    );
  } catch {
    return false;
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

const TICK_MS = 10;

function processorMs(pid: number): number {
  try {
    // After the name in brackets: state, then utime and stime as the 12th and 13th.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  } catch {
    return 0;
  }
}
