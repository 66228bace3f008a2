import type { Effects } from '../../shared/pipeline/effects.ts';
import { type SweepResult, sweep } from '../../shared/pipeline/life/sweep.ts';

/** Puts right, every minute, what crashes left behind: attempts whose lease ran out by then are those of dead workers. */
export function createHandler(effects: Effects, leasesEndedByMs = effects.clock.now) {
  return async (): Promise<SweepResult> => {
    const result = await sweep(effects, {
      leasesEndedByMs: leasesEndedByMs(),
      resend: 'none',
      onlyStalled: true,
    });
    effects.log.info('sweep', { ...result });
    return result;
  };
}
