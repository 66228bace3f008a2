import type { Effects } from '../../shared/pipeline/effects.ts';
import { type SweepResult, sweep } from '../../shared/pipeline/life/sweep.ts';

/** Puts right, every minute, what crashes left behind. */
export function createHandler(effects: Effects) {
  return async (): Promise<SweepResult> => {
    const leasesEndedByMs = effects.clock.now();
    const result = await sweep(effects, { leasesEndedByMs, resend: 'none', onlyStalled: true });
    effects.log.info('sweep', { ...result });
    return result;
  };
}
