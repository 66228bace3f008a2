import { expect, test } from 'vitest';
import { forecastCost } from '../../../shared/pipeline/plan/forecast.ts';
import { limit } from '../../support/budgets.ts';
import { workOff } from '../../support/work.ts';
import { csvOf, submit, useWorlds } from '../../support/world.ts';

const freshWorld = useWorlds();

test("a forecast separates spent from queued, and says when the month's budget will be reached", async () => {
  const world = await freshWorld();
  await limit(world.effects, 'month', 400);
  await workOff(world, await submit(world, csvOf(2)));
  await submit(world, 'prompt\nan owl\na hare\na cat\n');

  const { spent, queued, scheduled, total, budgets } = await forecastCost(world.effects, 'month');

  const billed = world.simulator.totals().creditsMicro;
  expect(spent).toMatchObject({ lowMicro: billed, expectedMicro: billed });
  expect(queued).toMatchObject({ items: 3, unpriced: 0 });
  expect(queued.expectedMicro).toBeGreaterThan(3 * 67_200_000);
  expect(queued.highMicro).toBeGreaterThan(queued.expectedMicro);
  expect(scheduled).toMatchObject({ runs: 0, expectedMicro: 0 });
  expect(total.expectedMicro).toBe(billed + queued.expectedMicro);
  expect(budgets).toMatchObject([{ scope: 'month', spentMicro: billed, queuedMicro: queued.expectedMicro }]);
  expect(budgets[0]?.reachedOn).toBeNull();
});

test('a budget that queued work will use up is reached today', async () => {
  const world = await freshWorld();
  await limit(world.effects, 'tag:who=ann', 100);
  await submit(world, 'prompt,tags\nan owl,who=ann\na hare,who=ann\na cat,who=bob\n');

  const { budgets } = await forecastCost(world.effects, 'day');

  const today = new Date(world.clock.now()).toISOString().slice(0, 10);
  expect(budgets).toMatchObject([{ scope: 'tag:who=ann', spentMicro: 0, reachedOn: today }]);
});
