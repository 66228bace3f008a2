import { expect, test } from 'vitest';
import { chargesIn, sumMicro } from '../../support/ledger.ts';
import { generate, itemsIn } from '../../support/work.ts';
import { csvOf, inMemory, submit, useWorlds } from '../../support/world.ts';

const freshWorld = useWorlds();

test('a file that is read once more after its table was lost takes its images from the store, and pays for none', async () => {
  const world = await freshWorld();
  const batch = await submit(world, csvOf(3));
  for (const item of await itemsIn(world.effects, batch)) await generate(world.effects, item);
  const paid = world.simulator.totals();

  // No `repair`: a function of a deployed stage may be given its messages before that is over.
  const after = inMemory(world);
  await submit(after, csvOf(3));
  for (const item of await itemsIn(after.effects, batch)) await generate(after.effects, item);

  expect(world.simulator.totals()).toEqual(paid);
  expect((await itemsIn(after.effects, batch)).map(({ state }) => state.kind)).toEqual([
    'done',
    'done',
    'done',
  ]);
  const charges = await chargesIn(after.effects);
  expect(charges.map(({ outcome }) => outcome)).toEqual(['image', 'image', 'image']);
  expect(sumMicro(charges)).toBe(paid.creditsMicro);
});
