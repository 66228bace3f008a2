import { describe, expect, test } from 'vitest';
import type { BatchOptions } from '../../../shared/domain/batch/batch.ts';
import { DEFAULT_BATCH_OPTIONS } from '../../../shared/domain/batch/batch.ts';
import { DEFAULT_MODEL, withLimits } from '../../../shared/domain/calls/models.ts';
import { MICRO_PER_CREDIT } from '../../../shared/domain/money/money.ts';
import { batchStatus } from '../../../shared/pipeline/finish/batch-status.ts';
import { memoryFile } from '../../../shared/pipeline/ingest/memory-file.ts';
import { type Plan, planFile } from '../../../shared/pipeline/plan/plan.ts';
import { endPauses } from '../../../shared/pipeline/rate/provider-pauses.ts';
import { limit } from '../../support/budgets.ts';
import { workOff } from '../../support/work.ts';
import { csvOf, inMemory, submit, useWorlds, type World } from '../../support/world.ts';

const freshWorld = useWorlds();

describe('a plan', () => {
  test('without a history is by the price list, and the time it takes is unknown', async () => {
    const world = await freshWorld();

    const plan = await planOf(world, csvOf(10));

    expect(plan.items).toEqual({ new: 10, reused: 0, changed: 0, gone: 0 });
    expect(plan.models).toMatchObject([
      { model: 'gemini-3.1-flash-image-preview', items: 10, basis: 'prices' },
    ]);
    const { lowMicro = 0, expectedMicro = 0, highMicro = 0 } = plan.credits;
    expect([lowMicro < expectedMicro, expectedMicro < highMicro]).toEqual([true, true]);
    expect(plan.seconds).toBeUndefined();
    expect(world.simulator.totals().calls).toBe(0);
  });

  test("expects the stage's measured cost, failed attempts included, within 10 %", async () => {
    const world = inMemory(
      await freshWorld({
        profile: { failures: { text_only: 0.15, bad_image: 0.1 }, failuresFadeBy: 0.35 },
      }),
    );
    // Three useless answers before the first image pause the model, until a person looks.
    const resume = () => endPauses(world.effects, world.effects.models.keys());
    await workOff(world, await submit(world, csvOf(100)), resume);
    const file = csvOf(150).replaceAll('fox', 'hare');

    const plan = await planOf(world, file);
    const batch = await submit(world, file);
    await workOff(world, batch, resume);

    expect(plan.models).toMatchObject([{ basis: 'history', measuredItems: 100 }]);
    const status = await batchStatus(world.effects, batch);
    const real = (status?.creditsMicro ?? 0) / (plan.credits.expectedMicro ?? 0);
    expect(real).toBeGreaterThan(0.9);
    expect(real).toBeLessThan(1.1);
  }, 60_000);

  test('takes no less time than the limit of its model allows', async () => {
    const world = inMemory(await freshWorld());
    await workOff(world, await submit(world, csvOf(25)));
    const models = withLimits(world.effects.models, { [DEFAULT_MODEL]: { requestsPerMinute: 10 } });

    const plan = await planOf({ effects: { ...world.effects, models } }, csvOf(60).replaceAll('fox', 'hare'));

    expect(plan.limits).toEqual([{ model: DEFAULT_MODEL, perMinute: 10 }]);
    expect(plan.seconds).toBe(360);
  });

  test('lists the rows that would be rejected, as ingest does', async () => {
    const world = await freshWorld();

    const plan = await planOf(world, 'id,prompt,variants\na,a fox,2\na,a hare,1\nb,,1\nc,a cat,0\n');

    expect(plan.items).toMatchObject({ new: 2 });
    expect(plan.rejected).toMatchObject([
      { row: 2, line: 3, column: 'id', reason: 'duplicate id "a": an earlier row uses it' },
      { row: 3, line: 4, column: 'prompt' },
      { row: 4, line: 5, column: 'variants' },
    ]);
  });

  test('lists new, reused, changed and removed rows since the last run of the file', async () => {
    const world = await freshWorld();
    await workOff(world, await submit(world, 'id,prompt\na,a fox\nb,a hare\nc,a cat\n'));

    const plan = await planOf(world, 'id,prompt,aspect_ratio\na,a fox,\nb,a hare,16:9\nd,a dog,\n');

    expect(plan.items).toEqual({ new: 1, reused: 1, changed: 1, gone: 1 });
    expect(plan.changed).toMatchObject([{ id: 'b', columns: ['aspect_ratio'] }]);
    expect(plan.gone).toEqual(['c']);
    expect(plan.models).toMatchObject([{ items: 2 }]);
  });

  test('counts no row as removed whose variants are fewer', async () => {
    const world = await freshWorld();
    await workOff(world, await submit(world, 'id,prompt,variants\na,a fox,3\nb,a hare,2\n'));

    const plan = await planOf(world, 'id,prompt,variants\na,a fox,1\n');

    expect(plan.items).toEqual({ new: 0, reused: 1, changed: 0, gone: 1 });
    expect(plan.gone).toEqual(['b']);
  });

  test('compares with an earlier batch in progress, by content', async () => {
    const world = inMemory(await freshWorld());
    await submit(world, 'id,prompt,variants\na,a fox,2\nb,a hare,1\nc,a cat,1\n');

    const plan = await planOf(world, 'id,prompt,variants\nc,a dog,1\na,a fox,3\nb,a hare,1\n');

    expect(plan.changed).toEqual([
      { id: 'c', row: 1, variant: 1, columns: ['prompt'] },
      { id: 'a', row: 2, variant: 1, columns: [] },
      { id: 'a', row: 2, variant: 2, columns: [] },
      { id: 'b', row: 3, variant: 1, columns: [] },
    ]);
    expect(plan.items).toMatchObject({ new: 1, changed: 4 });
    expect(plan.gone).toEqual([]);
  });

  test('says of each budget whether it would stop the file', async () => {
    const world = await freshWorld();
    await limit(world.effects, 'month', 10_000);
    await limit(world.effects, 'day', 800);
    await limit(world.effects, 'tag:team=print', 100);
    await limit(world.effects, 'tag:team=web', 1);

    const file = `prompt,tags\n${Array.from({ length: 10 }, (_, n) => `fox ${n},team=print\n`).join('')}`;
    const plan = await planOf(world, file, { budgetMicro: 1_700 * MICRO_PER_CREDIT });

    expect(
      Object.fromEntries(plan.budgets.map(({ scope, verdict }) => [scope.split(':')[0], verdict])),
    ).toEqual({
      month: 'fits',
      day: 'may-stop',
      tag: 'stops',
      batch: 'fits',
    });
    expect(plan.budgets).toHaveLength(4);
  });

  test('of a model without a price reports an unknown cost', async () => {
    const world = await freshWorld();
    const prices = { ...world.effects.prices, prices: [] };

    const plan = await planOf({ effects: { ...world.effects, prices } }, csvOf(2));

    expect(plan.credits).toEqual({ lowMicro: undefined, expectedMicro: undefined, highMicro: undefined });
    expect(plan.models).toMatchObject([{ basis: 'unknown', items: 2 }]);
  });
});

async function planOf(
  { effects }: Pick<World, 'effects'>,
  text: string,
  options: Partial<BatchOptions> = {},
): Promise<Plan> {
  const file = memoryFile('prompts.csv', 'text/csv', text);
  const planned = await planFile(effects, file, { ...DEFAULT_BATCH_OPTIONS, ...options }, 16);
  if (planned.kind === 'problem') throw new Error(planned.message);
  return planned.plan;
}
