import { expect, test } from 'vitest';
import type { BatchOptions } from '../../../shared/domain/batch/batch.ts';
import { parseAxes } from '../../../shared/domain/prompt-file/template/axes.ts';
import { readBatch } from '../../../shared/pipeline/batch/batches.ts';
import { batchResult } from '../../../shared/pipeline/finish/batch-status.ts';
import { itemsIn, workOff } from '../../support/work.ts';
import { submit, useWorlds } from '../../support/world.ts';

const freshWorld = useWorlds();

function templateOf(
  template: string,
  axes: string,
  more: Partial<NonNullable<BatchOptions['expansion']>> = {},
) {
  const parsed = parseAxes(axes);
  if (parsed.kind === 'rejected') throw new Error(parsed.reason);
  return { template, expansion: { axes: parsed.axes, ...more } };
}

const POSTCARDS = templateOf(
  'A postcard of {{city}} in {{season}}, {etching|oil|collage|photograph|lino print|ink}',
  'city=Lisbon,Hanoi,Oaxaca,Bergen,Jaipur;season=spring,summer,autumn,winter',
);

test('a template of 5 × 4 × 6 makes 120 images; one city more, and only its 24 are made', async () => {
  const world = await freshWorld();
  const first = await submit(world, 'series\nworld\n', POSTCARDS);
  await workOff(world, first);
  const more = templateOf(
    POSTCARDS.template,
    'city=Lisbon,Hanoi,Oaxaca,Nara,Bergen,Jaipur;season=spring,summer,autumn,winter',
  );

  const second = await submit(world, 'series\nworld\n', more);
  const before = await batchResult(world.effects, second);

  expect(await batchResult(world.effects, first)).toMatchObject({ state: 'complete', items: { done: 120 } });
  expect(new Set((await itemsIn(world.effects, first)).map(({ prompt }) => prompt)).size).toBe(120);
  expect((await readBatch(world.effects.table, first))?.options).toMatchObject(POSTCARDS);
  expect(before?.items).toMatchObject({ reused: 120, pending: 24 });
});

test('one image more than is allowed, and nothing is written but why', async () => {
  const world = await freshWorld();

  const batch = await submit(world, 'series\nworld\nmoon\n', {
    ...POSTCARDS,
    expansion: { ...POSTCARDS.expansion, maxItems: 239 },
  });

  expect(await batchResult(world.effects, batch)).toMatchObject({
    state: 'refused',
    problem: expect.stringContaining('makes 240 images, at most 239 are made'),
    items: { pending: 0 },
    images: [],
  });
  expect(await itemsIn(world.effects, batch)).toEqual([]);
  expect(await world.countMessages('work')).toBe(0);
});
