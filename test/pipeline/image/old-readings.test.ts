import { expect, test } from 'vitest';
import type { Item } from '../../../shared/domain/item/item.ts';
import type { Effects } from '../../../shared/pipeline/effects.ts';
import type { TableRow } from '../../../shared/pipeline/ports.ts';
import { itemKey } from '../../../shared/pipeline/rows/item-row.ts';
import { generate, onlyItem } from '../../support/work.ts';
import { csvOf, submit, useWorlds } from '../../support/world.ts';

const freshWorld = useWorlds();

/** The same effects, over a copy of the table in which an item is still what it was. */
function withOldItem(effects: Effects, item: Item, old: TableRow | undefined): Effects {
  const { pk, sk } = itemKey(item);
  const { table } = effects;
  const get: typeof table.get = async (key, reading) =>
    reading?.mayBeOld && key.pk === pk && key.sk === sk ? old : await table.get(key, reading);
  return { ...effects, table: { ...table, get } };
}

test('an item that an old reading does not know yet gets its image', async () => {
  const { effects, simulator } = await freshWorld();
  const item = await onlyItem(effects, await submit({ effects }, csvOf(1)));

  await generate(withOldItem(effects, item, undefined), item);

  expect(simulator.bill()).toHaveLength(1);
  expect((await onlyItem(effects, item.batch)).state.kind).toBe('done');
});

test('an item that an old reading says is still queued is not paid for again', async () => {
  const { effects, simulator } = await freshWorld();
  const item = await onlyItem(effects, await submit({ effects }, csvOf(1)));
  const queued = await effects.table.get(itemKey(item));
  await generate(effects, item);

  const late = await generate(withOldItem(effects, item, queued), item);

  expect(late).toMatchObject({ kind: 'wait' });
  expect(simulator.bill()).toHaveLength(1);
});
