import type { Effects } from '../../shared/pipeline/effects.ts';
import { type SweepResult, sweep } from '../../shared/pipeline/life/sweep.ts';

/** Recovers from crashes every minute: expired leases belong to dead workers. */
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
