import type { Effects } from '../../shared/pipeline/effects.ts';
import { parseTick, type ScheduledBatch, submitScheduled } from '../../shared/pipeline/scheduled-batch.ts';

/** Submits the batch of a schedule's tick. A tick that cannot be submitted is thrown, and ends among the dead letters. */
export function createHandler(effects: Pick<Effects, 'store' | 'log'>) {
  return async (payload: unknown): Promise<Extract<ScheduledBatch, { kind: 'submitted' }>> => {
    const parsed = parseTick(payload);
    const result = parsed.kind === 'tick' ? await submitScheduled(effects, parsed.tick) : parsed;
    if (result.kind === 'problem') throw new Error(result.message);
    effects.log.info('scheduled batch', { batch: result.batch, key: result.key, isNew: result.isNew });
    return result;
  };
}
