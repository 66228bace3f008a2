import { modelCatalog } from '../../shared/domain/calls/models.ts';
import { parseBudgetScope } from '../../shared/domain/money/budget.ts';
import { MICRO_PER_CREDIT } from '../../shared/domain/money/money.ts';
import { setBudget } from '../../shared/pipeline/money/set-budget.ts';
import { endPauses } from '../../shared/pipeline/rate/provider-pauses.ts';
import { createProcess } from './process.ts';
import type { World } from './world.ts';

const LOOKS_EVERY_MS = 240_000;
/** Enough for any file of a run. */
const RAISED_MICRO = 1_000_000 * MICRO_PER_CREDIT;
const MODELS = modelCatalog();

/**
 * The person who looks in every four minutes: mends what stops the provider, raises the budget that stops the batch, and
 * sends dead letters back to work.
 */
export function startOperator(world: World): void {
  const clock = world.scheduler.clockOf(createProcess('operator'));
  const look = () => {
    void lookIn(world, clock);
    world.scheduler.after(LOOKS_EVERY_MS, look);
  };
  world.scheduler.after(LOOKS_EVERY_MS, look);
}

async function lookIn(world: World, clock: ReturnType<World['scheduler']['clockOf']>): Promise<void> {
  const { table, provider, workQueue, ingestQueue } = world;
  const rows = [...table.rows()];
  if (rows.some(({ sk }) => sk === 'PAUSE')) {
    provider.mend();
    await endPauses({ table, models: MODELS }, MODELS.keys());
  }
  const stopped = rows.find(({ sk }) => sk === 'PAUSE#budget');
  const scope = parseBudgetScope(String(stopped?.scope));
  if (scope !== undefined) await setBudget({ table, clock }, scope, RAISED_MICRO);
  workQueue.redrive();
  ingestQueue.redrive();
}
