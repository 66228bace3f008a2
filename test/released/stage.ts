import { UTC } from '../../shared/domain/time/time-zone.ts';
import { newestBatches, openBatches } from '../../shared/pipeline/batch/batches.ts';
import { readMarks, writeMarks } from '../../shared/pipeline/batch/marks.ts';
import type { Effects } from '../../shared/pipeline/effects.ts';
import { batchResult } from '../../shared/pipeline/finish/batch-status.ts';
import { pauseBatch } from '../../shared/pipeline/money/batch-pauses.ts';
import { readSharedBudgets, statusOf } from '../../shared/pipeline/money/budgets.ts';
import { queryCost } from '../../shared/pipeline/money/cost.ts';
import { pauseAll, readPauses } from '../../shared/pipeline/rate/provider-pauses.ts';
import { skipRun } from '../../shared/pipeline/schedule/schedule-tick.ts';
import { addSchedule, allSchedules, newestRuns } from '../../shared/pipeline/schedule/schedules.ts';
import { limit } from '../support/budgets.ts';
import { collect } from '../support/collect.ts';
import { chargesIn, verify } from '../support/ledger.ts';
import { NOBODY, weekly } from '../support/schedules.ts';
import type { TestClock } from '../support/test-clock.ts';
import { generate, itemsIn, workOff } from '../support/work.ts';
import { submit, type World } from '../support/world.ts';

const DAY = '2026-11-21';
const FIRST = 'prompt,id,tags,image_size\na fox,f,who=ann,1K\na cat,c,who=bob,\n,empty,,\na dog,d,,2K\n';
const SECOND = 'prompt\na heron\nan owl\na fox in snow\n';

/** Fills a stage with rows of every kind: batches that are complete, open and paused, budgets, a schedule, marks. */
export async function fillStage(world: World<TestClock>): Promise<void> {
  const { effects, clock } = world;
  const words = { message: 'paused', hint: 'resume it', since: new Date(clock.now()).toISOString() };
  await limit(effects, 'day', 5_000);
  await limit(effects, 'tag:who=ann', 500);
  const complete = await submit(world, FIRST, { name: 'first', variants: 2, tags: { project: 'x' } });
  await workOff(world, complete);
  await writeMarks(effects, complete, [{ row: 1, variant: 2, mark: 'picked' }], 'ann');
  const open = await submit(world, SECOND, { template: '{{prompt}} in {a park|a town}' });
  const [item] = await itemsIn(effects, open);
  if (item !== undefined) await generate(effects, item);
  await pauseBatch(effects, open, { by: 'person', ...words });
  await pauseAll(effects, words);
  const schedule = weekly(world);
  await addSchedule(effects, NOBODY, schedule);
  await skipRun(effects, schedule.name, `${DAY}T07:00:00.000Z`, 'it was off');
}

/** What the commands read of a stage, row by row of every kind. */
export async function readStage(effects: Effects) {
  const { table } = effects;
  const batches = await collect(newestBatches(table));
  const schedules = await collect(allSchedules(table));
  const budgets = await readSharedBudgets(table);
  return {
    batches: await Promise.all(batches.map((batch) => batchResult(effects, batch))),
    open: await collect(openBatches(table)),
    items: await Promise.all(batches.map((batch) => itemsIn(effects, batch))),
    charges: await chargesIn(effects),
    cost: await queryCost(effects, { from: DAY, to: DAY, by: ['model', 'outcome'], zone: UTC }),
    verified: await verify(effects),
    budgets: await Promise.all(budgets.map(async (budget) => [budget, await statusOf(effects, budget)])),
    pauses: await readPauses(effects, effects.models.keys()),
    marks: await Promise.all(batches.map((batch) => readMarks(table, batch))),
    schedules,
    runs: await Promise.all(schedules.map(({ name }) => collect(newestRuns(table, name)))),
  };
}
