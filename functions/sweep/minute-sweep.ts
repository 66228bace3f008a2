import type { Effects } from '../../shared/pipeline/effects.ts';
import { readOpenWork } from '../../shared/pipeline/life/stalled.ts';
import type { SweepResult } from '../../shared/pipeline/life/sweep.ts';
import { countNearlySpent } from '../../shared/pipeline/money/budget-warning.ts';
import { readBackpressure } from '../../shared/pipeline/rate/backpressure.ts';
import { readPauses } from '../../shared/pipeline/rate/provider-pauses.ts';
import type { Meter } from '../../shared/runtime/lambda/metrics.ts';
import { createHandler } from './handler.ts';

type Gauges = Pick<Meter, 'pauses' | 'backpressure' | 'budgets' | 'oldestWork'>;

const ASLEEP = { kind: 'asleep' } as const;

/**
 * The deployed stage's sweep, with the figures that alarms watch. Without open batches it makes one read, and hourly
 * also looks for what dead workers reserved in finished batches.
 */
export function createMinuteSweep(effects: Effects, models: readonly string[], meter: Gauges) {
  const sweep = createHandler(effects);
  return async (): Promise<SweepResult | typeof ASLEEP> => {
    const { batches, oldestMs } = await readOpenWork(effects);
    if (batches === 0) return isFirstMinute(effects.clock.now()) ? await sweep() : ASLEEP;
    meter.oldestWork(oldestMs);
    meter.pauses((await readPauses(effects, models)).length);
    meter.backpressure(await readBackpressure(effects, effects.clock.now()));
    meter.budgets(await countNearlySpent(effects));
    return await sweep();
  };
}

function isFirstMinute(nowMs: number): boolean {
  return new Date(nowMs).getUTCMinutes() === 0;
}
