import { describe, expect, test } from 'vitest';
import type { Item } from '../../../shared/domain/item/item.ts';
import { MICRO_PER_CREDIT } from '../../../shared/domain/money/money.ts';
import { createCreditPool } from '../../../shared/pipeline/credits/credit-pool.ts';
import type { CallReservation } from '../../../shared/pipeline/money/attempt.ts';
import { createBatchBook } from '../../../shared/pipeline/money/batch-book.ts';
import { balance, holdsIn, limit, scopeFrom } from '../../support/budgets.ts';
import type { TestClock } from '../../support/test-clock.ts';
import { itemsIn } from '../../support/work.ts';
import { inMemory, submit, useWorlds, type World } from '../../support/world.ts';

const freshWorld = useWorlds();

/** A call of Flash may cost 168.3 credits here, one of Pro 628.6. */
const PROMPTS =
  'prompt,model\nfox,\nhare,\ncat,\ndog,\nowl,gemini-3-pro-image-preview\nowls,gemini-3-pro-image-preview\n';
const SPENT = 68 * MICRO_PER_CREDIT;

describe('a call that finds all credits reserved', () => {
  test('gets them as soon as a call of the same process ends, with no time passing', async () => {
    const { process, items } = await stageWith(300);
    const first = await process.begin(items.fox);
    const second = process.ask(items.hare);
    await settled();
    const before = second.reservation();

    first.ended(SPENT);
    await settled();

    expect(before).toBeUndefined();
    expect(second.reservation()?.reserved?.micro).toBeGreaterThan(SPENT);
  });

  test('waits behind a dearer one, whose credits never come together otherwise', async () => {
    const { process, items } = await stageWith(1_010);
    const begun = [
      await process.begin(items.owl),
      await process.begin(items.fox),
      await process.begin(items.hare),
    ];
    const cheap = process.ask(items.cat);
    await settled();
    const dear = process.ask(items.owls);
    await settled();

    const served: string[] = [];
    for (const call of begun) {
      call.ended(SPENT);
      await settled();
      served.push(`dear ${dear.reservation() !== undefined}, cheap ${cheap.reservation() !== undefined}`);
    }

    expect(served).toEqual(['dear false, cheap false', 'dear true, cheap false', 'dear true, cheap true']);
  });

  test('gives up after a minute, and at once if the worker stops or its batch is paused', async () => {
    const { world, process, items } = await stageWith(300);
    await process.begin(items.fox);
    const patient = process.ask(items.hare);
    await settled();
    for (let seconds = 0; seconds < 70; seconds += 2) {
      world.clock.advance(2_000);
      await settled();
    }
    const paused = process.ask(items.cat, async () => false);
    await settled();
    world.clock.advance(1_000);
    await settled();
    const stopped = process.ask(items.dog);
    await settled();
    process.stop();
    await settled();

    expect(patient.result()).toMatchObject({ kind: 'wait' });
    expect(paused.result()).toEqual({ kind: 'wait', waitMs: 0 });
    expect(stopped.result()).toEqual({ kind: 'wait', waitMs: 0 });
  });
});

describe('credits that no call in a process waits for', () => {
  test('return within a second, and another process has them', async () => {
    const { world, process, items } = await stageWith(350);
    const other = processOf(world);
    const [first, second] = [await process.begin(items.fox), await process.begin(items.hare)];
    const waiting = other.ask(items.cat);
    await settled();

    first.ended(SPENT);
    second.ended(SPENT);
    for (let steps = 0; steps < 8; steps += 1) {
      world.clock.advance(500);
      await settled();
    }

    expect(waiting.reservation()).toBeDefined();
  });

  test('are all released when the last of several invocations ends', async () => {
    const { world, process, items } = await stageWith(1_000);
    const leave = process.join();
    const call = await process.begin(items.fox);
    call.ended(SPENT);
    await process.leave();
    const between = await holdsIn(world.effects);
    await leave();

    expect(between).toHaveLength(1);
    expect(await holdsIn(world.effects)).toEqual([]);
    expect(await balance(world.effects, scopeFrom('day'))).toMatchObject({ held: '0' });
  });
});

test('a call whose end was not recorded leaves its reservation to the table, and no other call begins under it', async () => {
  const { process, items } = await stageWith(1_000);
  const lost = await process.begin(items.fox);
  lost.over();

  const next = await process.begin(items.hare);

  expect(next.reserved?.id).not.toBe(lost.reserved?.id);
});

async function stageWith(credits: number) {
  const world = inMemory(await freshWorld());
  await limit(world.effects, 'day', credits);
  const made = await itemsIn(world.effects, await submit(world, PROMPTS));
  const [fox, hare, cat, dog, owl, owls] = [...made].sort((a, b) => a.row - b.row);
  if (!fox || !hare || !cat || !dog || !owl || !owls) throw new Error('six items');
  return { world, process: processOf(world), items: { fox, hare, cat, dog, owl, owls } };
}

function processOf(world: World<TestClock>) {
  const { effects, clock } = world;
  const stopping = new AbortController();
  const pool = createCreditPool(effects, createBatchBook(effects), {
    patienceMs: 60_000,
    stopping: stopping.signal,
  });
  const leave = pool.join(() => 0);
  const reserve = (item: Item, mayBegin = async () => true) =>
    pool.reserveFor(item, { sinceMs: clock.now(), mayBegin });

  async function begin(item: Item): Promise<CallReservation> {
    const result = await reserve(item);
    if (result.kind !== 'reserved') throw new Error(`no credits: ${result.kind}`);
    return result.reservation;
  }

  function ask(item: Item, mayBegin?: () => Promise<boolean>) {
    let result: Awaited<ReturnType<typeof reserve>> | undefined;
    void reserve(item, mayBegin).then((reserved) => {
      result = reserved;
    });
    return {
      result: () => result,
      reservation: () => (result?.kind === 'reserved' ? result.reservation : undefined),
    };
  }

  return { begin, ask, leave, join: () => pool.join(() => 0), stop: () => stopping.abort() };
}

/** Until all has happened that needs no time. */
async function settled(): Promise<void> {
  for (let turns = 0; turns < 40; turns += 1) await new Promise((resolve) => setImmediate(resolve));
}
