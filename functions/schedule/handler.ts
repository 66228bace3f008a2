import type { Effects } from '../../shared/pipeline/effects.ts';
import { parseTick, runTick, type TickResult } from '../../shared/pipeline/schedule/schedule-tick.ts';

/** Runs a schedule's trigger. Throws if it can't be submitted: two retries, then the dead letters. */
export function createHandler(effects: Pick<Effects, 'table' | 'store' | 'log' | 'notify'>) {
  return async (payload: unknown): Promise<TickResult> => {
    const parsed = parseTick(payload);
    if (parsed.kind === 'problem') throw new Error(parsed.message);
    const result = await runTick(effects, parsed.tick);
    if (result.kind === 'failed') throw new Error(`schedule ${parsed.tick.schedule}: ${result.reason}`);
    return result;
  };
}
