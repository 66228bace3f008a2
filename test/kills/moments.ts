import { setTimeout } from 'node:timers/promises';
import type { Random } from '../../local/simulator/random.ts';
import type { Batch } from '../../shared/domain/batch/batch.ts';
import type { Started } from '../cli/workplace.ts';
import type { Home } from './home.ts';
import { hasOpenedStage, processorMs } from './processes.ts';

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

/** When so many more calls have begun, and one of them may have ended. */
export function afterCalls({ calls }: Home, count: number, random: Random): Moment {
  const before = calls.length;
  return async () => {
    const isThere = calls.length - before >= count;
    if (isThere) await setTimeout(random.next() * CALL_MS);
    return isThere;
  };
}

/** About as long as one takes. */
const CALL_MS = 150;

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
