import { countNearlySpent } from '../../shared/pipeline/money/budget-warning.ts';
import { readBackpressure } from '../../shared/pipeline/pace/backpressure.ts';
import { readPauses } from '../../shared/pipeline/pace/provider-pauses.ts';
import { createWorkerRuntime } from '../../shared/runtime/lambda/worker-runtime.ts';
import { createHandler } from './handler.ts';

const { config, effects, meter, telling } = await createWorkerRuntime();
const sweep = createHandler(effects);

/** What Lambda calls every minute. It also tells what stands still, what goes slowly and which budgets are nearly spent, which alarms watch. */
export const handler = telling(async () => {
  const pauses = await readPauses(effects, config.models.keys());
  meter.pauses(pauses.length);
  meter.backpressure(await readBackpressure(effects, effects.clock.now()));
  meter.budgets(await countNearlySpent(effects));
  return await sweep();
});
