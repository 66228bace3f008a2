import { describe, expect, test } from 'vitest';
import type { ItemRef } from '../../../shared/domain/item/item.ts';
import type { Effects } from '../../../shared/pipeline/effects.ts';
import { generateItem } from '../../../shared/pipeline/image/generate.ts';
import { itemKey } from '../../../shared/pipeline/rows/item-row.ts';
import { type EffectName, withAround } from '../../support/faults.ts';
import { generate, itemsIn, onlyItem, workerOf } from '../../support/work.ts';
import { csvOf, submit, useWorlds } from '../../support/world.ts';

const freshWorld = useWorlds();
const AFTER_BACKOFF_MS = 120_000;

describe('an attempt', () => {
  test('for a new item reads it once and puts its image without a look before', async () => {
    const world = await freshWorld();
    const [first, item] = await itemsIn(world.effects, await submit(world, csvOf(2)));
    if (first === undefined || item === undefined) throw new Error('two rows are two items');
    const { effects, counts } = counting(world.effects, item);
    const worker = workerOf(effects);
    const leave = worker.credits.join(() => 0);
    await generateItem(effects, worker, first);
    const before = { ...counts };

    expect(await generateItem(effects, worker, item)).toEqual({ kind: 'settled' });
    await leave();

    expect(counts).toEqual({ ...before, itemReads: 1, 'store.put': before['store.put'] + 1 });
    // Once a minute a worker asks whether the store answers at all, before it pays for an image that has to go there.
    expect(before).toEqual({ itemReads: 0, 'store.head': 1, 'store.put': 1 });
  });

  test('after an earlier one looks for its image before the call, and before the put', async () => {
    const { world, item } = await oneItem({ failsFirst: true });
    await generate(world.effects, item);
    world.clock.advance(AFTER_BACKOFF_MS);
    const { effects, counts } = counting(world.effects, item);

    expect(await generate(effects, item)).toEqual({ kind: 'settled' });

    expect(counts).toEqual({ itemReads: 1, 'store.head': 6, 'store.put': 1 });
  });

  test('claims no item that another attempt had since it was read', async () => {
    const { world, item } = await oneItem({ failsFirst: true });
    const before = await world.effects.table.get(itemKey(item));
    await generate(world.effects, item);
    world.clock.advance(AFTER_BACKOFF_MS);
    const { table } = world.effects;
    const get: Effects['table']['get'] = async (key) =>
      key.sk === itemKey(item).sk ? before : await table.get(key);

    const late = await generate({ ...world.effects, table: { ...table, get } }, item);

    expect(late).toMatchObject({ kind: 'wait' });
    expect(world.simulator.totals().calls).toBe(1);
    expect((await onlyItem(world.effects, item.batch)).attempts).toHaveLength(1);
  });
});

async function oneItem({ failsFirst = false } = {}) {
  const world = await freshWorld({
    script: ({ nth }) => (failsFirst && nth === 0 ? { kind: 'failure', failure: 'upstream-503' } : undefined),
  });
  const item = await onlyItem(world.effects, await submit(world, csvOf(1)));
  return { world, item };
}

/** The same effects, with what they ask of the item's row and of the object store counted. */
function counting(effects: Effects, item: ItemRef) {
  const { table } = effects;
  const { pk, sk } = itemKey(item);
  const counts = { itemReads: 0, 'store.head': 0, 'store.put': 0 };
  const isCounted = (name: EffectName): name is 'store.head' | 'store.put' => name in counts;
  const get: Effects['table']['get'] = async (key) => {
    if (key.pk === pk && key.sk === sk) counts.itemReads += 1;
    return await table.get(key);
  };
  const counted = withAround({ ...effects, table: { ...table, get } }, async ({ name }, run) => {
    if (isCounted(name)) counts[name] += 1;
    return await run();
  });
  return { effects: counted, counts };
}
