import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import type { Random } from '../../local/simulator/random.ts';
import type { Batch } from '../../shared/domain/batch/batch.ts';
import type { Started } from '../cli/workplace.ts';
import type { Home } from './home.ts';

/** Asked again and again: whether it is time to kill a command. */
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

/** While a batch is in a state, or a little later. */
export function atState({ batches }: Home, state: Batch['state'], random: Random): Moment {
  return async () => {
    const isThere = (await batches()).some((batch) => batch.state === state);
    if (isThere) await setTimeout(random.next() * STATE_MS);
    return isThere;
  };
}

/** About as long as one lasts. */
const STATE_MS = 40;

export function eitherOf(one: Moment, other: Moment): Moment {
  return async () => (await one()) || (await other());
}

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
