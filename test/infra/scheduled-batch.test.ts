import { expect, test } from 'vitest';
import { createHandler } from '../../functions/schedule/handler.ts';
import { useWorlds, type World } from '../support/world.ts';

const freshWorld = useWorlds();
const TICK = { schedule: 'weekly', plannedAt: '2026-11-21T08:00:00Z', sourceKey: 'schedules/weekly.csv' };

async function worldWithFile(): Promise<World> {
  const world = await freshWorld();
  await world.effects.store.put(TICK.sourceKey, Buffer.from('prompt\na fox\n'), { contentType: 'text/csv' });
  return world;
}

test('the same tick is one batch, in whatever time zone it is told, and also after the file was changed', async () => {
  const { effects } = await worldWithFile();
  const handler = createHandler(effects);

  const first = await handler(TICK);
  await effects.store.put(TICK.sourceKey, Buffer.from('prompt\na heron\n'), { contentType: 'text/csv' });
  const again = await handler({ ...TICK, plannedAt: '2026-11-21T09:00:00+01:00' });

  expect(again).toEqual({ ...first, isNew: false });
});

test('the next tick is a batch of its own', async () => {
  const { effects } = await worldWithFile();
  const handler = createHandler(effects);

  const [first, next] = [await handler(TICK), await handler({ ...TICK, plannedAt: '2026-11-28T08:00:00Z' })];

  expect(next.batch).not.toBe(first.batch);
  expect(next.isNew).toBe(true);
});

test.each([
  [
    'whose file is gone',
    { ...TICK, sourceKey: 'schedules/gone.csv' },
    'there is no object schedules/gone.csv',
  ],
  ['with an option that there is not', { ...TICK, options: { colour: 'red' } }, 'unknown option'],
  ['that points elsewhere', { ...TICK, sourceKey: 'images/a.png' }, 'sourceKey'],
])('a tick %s is refused, and says why', async (_, tick, why) => {
  const { effects } = await worldWithFile();

  await expect(createHandler(effects)(tick)).rejects.toThrow(why);
});
