import { describe, expect, test } from 'vitest';
import { createHandler } from '../../../functions/generate/handler.ts';
import { lambdaContext } from '../../../local/stage/lambda-context.ts';
import type { BatchId } from '../../../shared/domain/ids.ts';
import { batchScope } from '../../../shared/domain/money/budget.ts';
import { countedMicro } from '../../../shared/domain/money/charge.ts';
import { formatCredits, MICRO_PER_CREDIT } from '../../../shared/domain/money/money.ts';
import { workMessageOf } from '../../../shared/pipeline/batch/messages.ts';
import type { Effects } from '../../../shared/pipeline/effects.ts';
import { batchStatus } from '../../../shared/pipeline/finish/batch-status.ts';
import { sweep } from '../../../shared/pipeline/life/sweep.ts';
import { applyBudget } from '../../../shared/pipeline/money/raise-budget.ts';
import { budgetChanges, setBudget } from '../../../shared/pipeline/money/set-budget.ts';
import { balance, holdsIn, limit, scopeFrom } from '../../support/budgets.ts';
import { collect } from '../../support/collect.ts';
import { mortal } from '../../support/faults.ts';
import { chargesIn, verify } from '../../support/ledger.ts';
import { sqsEvent } from '../../support/sqs-event.ts';
import type { TestClock } from '../../support/test-clock.ts';
import { generate, isOpen, itemsIn, onlyItem, workOff } from '../../support/work.ts';
import { csvOf, submit, useWorlds, type World } from '../../support/world.ts';

const freshWorld = useWorlds();

/** The most that a call of Flash on a prompt of these tests can cost: 2,520 tokens of image, the rest of 8,192 text. */
const MOST = 168.3;

describe('a budget', () => {
  test('pauses a batch before a call that may not fit, reports why and what to do, and uses up no attempt', async () => {
    const world = await freshWorld();
    const batch = await submit(world, csvOf(10), { budgetMicro: 400 * MICRO_PER_CREDIT });

    await work(world, batch);

    const status = await batchStatus(world.effects, batch);
    const billed = world.simulator.totals().creditsMicro;
    expect(billed).toBeLessThanOrEqual(400 * MICRO_PER_CREDIT);
    expect(billed).toBeGreaterThan((400 - MOST) * MICRO_PER_CREDIT);
    expect(status).toMatchObject({ state: 'paused', creditsMicro: billed });
    expect(status?.pauses?.[0]).toMatchObject({
      by: 'budget',
      message: expect.stringMatching(
        /^budget batch:.* had \d\d\d?\.\d of 400 credits left; the next call can cost up to 168\.2$/,
      ),
      hint: `raise it with \`pressrun budget set batch:${batch} CREDITS\`, or by running the file again with a higher --budget`,
    });
    const waiting = (await itemsIn(world.effects, batch)).filter(isOpen);
    expect(waiting.every(({ state, history }) => state.kind === 'queued' && history.billable === 0)).toBe(
      true,
    );
    expect(await holdsIn(world.effects)).toEqual([]);
    expect(await balance(world.effects, batchScope(batch))).toEqual({
      spent: formatCredits(billed),
      held: '0',
    });
  });

  test('that is raised lets its batch resume, and the history has both limits', async () => {
    const world = await freshWorld();
    const batch = await submit(world, csvOf(6), { budgetMicro: 200 * MICRO_PER_CREDIT, user: 'ann' });
    await work(world, batch);

    world.clock.advance(1_000);
    const raised = { budgetMicro: 5_000 * MICRO_PER_CREDIT, user: 'bob' };
    await applyBudget(world.effects, { batch, isNew: false }, raised, () => undefined);
    world.clock.advance(2_000);
    await workOff(world, batch);

    expect(await batchStatus(world.effects, batch)).toMatchObject({ state: 'complete', items: { done: 6 } });
    expect(await balance(world.effects, batchScope(batch))).toEqual({
      spent: formatCredits(world.simulator.totals().creditsMicro),
      held: '0',
    });
    expect(await collect(budgetChanges(world.effects.table))).toMatchObject([
      { who: 'ann', scope: `batch:${batch}`, limitMicro: 200 * MICRO_PER_CREDIT },
      { who: 'bob', scope: `batch:${batch}`, limitMicro: 5_000 * MICRO_PER_CREDIT },
    ]);
  });

  test('of a day is a fresh one at midnight (UTC), and its pause ends then', async () => {
    const world = await freshWorld();
    await limit(world.effects, 'day', 250);
    const batch = await submit(world, csvOf(3));
    await work(world, batch);
    const before = await batchStatus(world.effects, batch);

    world.clock.advance(12 * 3_600_000);
    await work(world, batch);

    expect(before?.state).toBe('paused');
    expect(before?.pauses?.[0]?.hint).toContain('or wait until 2026-11-22T00:00 UTC');
    const spent = (await chargesIn(world.effects)).map(({ at }) => at.slice(0, 10));
    expect(spent.filter((day) => day === '2026-11-22').length).toBeGreaterThan(0);
    expect(await batchStatus(world.effects, batch)).toMatchObject({ state: 'complete' });
  });

  test('is the tightest of several; wider ones also count', async () => {
    const world = await freshWorld();
    await limit(world.effects, 'month', 10_000);
    await limit(world.effects, 'tag:campaign=spring', 200);
    const spring = await submit(world, 'prompt,tags\na fox,campaign=spring\na hare,campaign=spring\n');
    const other = await submit(world, 'prompt,tags\na cat,campaign=summer\na dog,\n');

    await work(world, spring);
    await work(world, other);

    expect(await batchStatus(world.effects, spring)).toMatchObject({ state: 'paused', items: { done: 1 } });
    expect(await batchStatus(world.effects, other)).toMatchObject({ state: 'complete', items: { done: 2 } });
    const all = formatCredits(world.simulator.totals().creditsMicro);
    expect(await balance(world.effects, scopeFrom('month'))).toEqual({ spent: all, held: '0' });
  });

  test('that is set when much is spent already counts all of it', async () => {
    const world = await freshWorld();
    const batch = await submit(world, 'prompt,tags\na fox,team=print\na hare,team=print\na cat,team=web\n');
    await workOff(world, batch);

    for (const scope of ['day', 'month', 'tag:team=print', `batch:${batch}`]) {
      await setBudget(hasty(world), scopeFrom(scope), 1_000 * MICRO_PER_CREDIT);
    }

    const charges = await chargesIn(world.effects);
    const all = formatCredits(charges.reduce((sum, charge) => sum + charge.creditsMicro, 0));
    const print = formatCredits(
      charges
        .filter(({ tags }) => tags.team === 'print')
        .reduce((sum, { creditsMicro }) => sum + creditsMicro, 0),
    );
    expect(await balance(world.effects, scopeFrom('day'))).toEqual({ spent: all, held: '0' });
    expect(await balance(world.effects, scopeFrom('month'))).toEqual({ spent: all, held: '0' });
    expect(await balance(world.effects, batchScope(batch))).toEqual({ spent: all, held: '0' });
    expect(await balance(world.effects, scopeFrom('tag:team=print'))).toEqual({ spent: print, held: '0' });
  });

  test('counts calls that were in progress when it was set', async () => {
    const world = await freshWorld();
    const batch = await submit(world, csvOf(1));
    const item = await onlyItem(world.effects, batch);
    const under = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    const slow = {
      ...world.effects,
      provider: {
        ...world.effects.provider,
        call: async (...call: Parameters<typeof world.effects.provider.call>) => {
          under.resolve();
          await go.promise;
          return await world.effects.provider.call(...call);
        },
      },
    };

    const attempt = generate(slow, item);
    await under.promise;
    await setBudget(hasty(world), scopeFrom('day'), 1_000 * MICRO_PER_CREDIT);
    go.resolve();
    await attempt;

    const all = formatCredits(world.simulator.totals().creditsMicro);
    expect(await balance(world.effects, scopeFrom('day'))).toEqual({ spent: all, held: '0' });
  });

  test('reports once that 80 % are spent', async () => {
    const world = await freshWorld();
    await limit(world.effects, 'day', 320);
    const batch = await submit(world, csvOf(8));

    await work(world, batch);
    await work(world, batch);

    const warnings = world.events.filter(({ kind }) => kind === 'budget-nearly-spent');
    expect(warnings).toMatchObject(
      Number(world.simulator.totals().creditsMicro) >= 256e6 ? [{ scope: 'day' }] : [],
    );
    expect(world.events.filter(({ kind }) => kind === 'budget-reached')).toMatchObject([
      { scope: 'day', batch },
    ]);
  });
});

describe('credits that a dead worker reserved', () => {
  test('are released, except the maximum of its unconfirmed calls', async () => {
    const world = await freshWorld();
    await limit(world.effects, 'day', 2_000);
    const batch = await submit(world, csvOf(4));
    const messages = (await itemsIn(world.effects, batch)).map((item) => workMessageOf(item).body);
    const victim = mortal(world.effects, 'before', ({ name, nth }) => name === 'provider.call' && nth === 2);
    const handler = createHandler(victim.effects, { itemsAtOnce: 2, callMs: 0 });
    const context = lambdaContext({ functionName: 'generate', timeoutMs: 900_000, clock: world.clock });
    void handler(sqsEvent(messages), context);
    await victim.died;
    const heldBefore = await balance(world.effects, scopeFrom('day'));

    world.clock.advance(200_000);
    await sweep(world.effects, { leasesEndedByMs: world.clock.now(), resend: 'none' });

    expect(heldBefore.held).not.toBe('0');
    expect(await holdsIn(world.effects)).toEqual([]);
    const counted = (await chargesIn(world.effects)).reduce((sum, charge) => sum + countedMicro(charge), 0);
    expect(await balance(world.effects, scopeFrom('day'))).toEqual({
      spent: formatCredits(counted),
      held: '0',
    });
    await workOff(world, batch);
    expect(await batchStatus(world.effects, batch)).toMatchObject({ state: 'complete', items: { done: 4 } });
    expect((await verify(world.effects)).differences).toEqual([]);
  });
});

/** One worker goes over the open items a few times, for as long as a paused batch would be looked at. */
async function work(world: World<TestClock>, batch: BatchId): Promise<void> {
  const handler = createHandler(world.effects, { itemsAtOnce: 4, callMs: 0 });
  for (let round = 0; round < 4; round++) {
    const open = (await itemsIn(world.effects, batch)).filter(isOpen);
    if (open.length === 0) return;
    const context = lambdaContext({ functionName: 'generate', timeoutMs: 900_000, clock: world.clock });
    await handler(sqsEvent(open.map((item) => workMessageOf(item).body)), context);
    world.clock.advance(15_000);
  }
}

/** For whom waiting is moving the clock. */
function hasty({ effects, clock }: World<TestClock>): Effects {
  return { ...effects, clock: { now: clock.now, sleep: async (ms) => clock.advance(ms) } };
}

describe('a budget with --at-limit tell', () => {
  test('reserves and pauses nothing, counts every charge, and warns once for each share of its limit', async () => {
    const world = await freshWorld();
    const told: number[] = [];
    const notify = (event: Parameters<Effects['notify']>[0]) => {
      if (event.kind === 'budget-nearly-spent') told.push(event.spentMicro);
    };
    const effects = { ...world.effects, notify };
    const terms = { warnAt: [50, 80], atLimit: 'tell', who: 'ann' } as const;
    await setBudget(hasty(world), scopeFrom('day'), 100 * MICRO_PER_CREDIT, terms);

    const batch = await submit(world, csvOf(3));
    await workOff({ ...world, effects }, batch);
    await workOff({ ...world, effects }, batch);

    const billed = world.simulator.totals().creditsMicro;
    expect(billed).toBeGreaterThan(100 * MICRO_PER_CREDIT);
    expect(await batchStatus(world.effects, batch)).toMatchObject({ state: 'complete', items: { done: 3 } });
    expect(await balance(world.effects, scopeFrom('day'))).toEqual({
      spent: formatCredits(billed),
      held: '0',
    });
    expect(told.length).toBeGreaterThan(0);
    expect(new Set(told).size).toBe(told.length);
    expect(await collect(budgetChanges(world.effects.table))).toMatchObject([{ scope: 'day', ...terms }]);
  });
});
