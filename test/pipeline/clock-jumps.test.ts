import { describe, expect, test } from 'vitest';
import { startWorkers } from '../../local/stage/workers.ts';
import { steadyClock } from '../../shared/runtime/steady-clock.ts';
import { chargesIn, disputes, verify } from '../support/ledger.ts';
import { fastClock } from '../support/test-clock.ts';
import { generate, isOpen, itemsIn, onlyItem, untilOver } from '../support/work.ts';
import { csvOf, submit, useWorlds } from '../support/world.ts';

const freshWorld = useWorlds();
const HOUR_MS = 3_600_000;
const ROWS = 24;

describe('a clock that is set in the middle of calls', () => {
  test.each([
    ['forward by an hour', HOUR_MS],
    ['back by an hour', -HOUR_MS],
  ])('%s loses nothing, pays for nothing twice, and keeps nobody waiting', async (_, jumpMs) => {
    const machine = fastClock(60);
    let byMs = 0;
    const wall = () => machine.now() + byMs;
    const clock = steadyClock(machine, { wall, elapsed: machine.now });
    const world = await freshWorld({ profile: 'mixed' }, clock);
    const batch = await submit(world, csvOf(ROWS));
    let charged = 0;
    const effects: typeof world.effects = {
      ...world.effects,
      notify: (event) => {
        if (event.kind === 'charged') charged += 1;
        if (charged === ROWS / 3) byMs = jumpMs;
      },
    };

    const workers = startWorkers(effects, { itemsAtOnce: 8, watchUploads: false, isAlone: true });
    const { state } = await untilOver(effects, batch).finally(workers.stop);

    const items = await itemsIn(effects, batch);
    const charges = await chargesIn(effects);
    expect(state).toBe('complete');
    expect(items.filter(isOpen)).toEqual([]);
    expect(disputes(world, items, charges)).toEqual([]);
    expect(await verify(effects)).toMatchObject({ differences: [], charges: charges.length });
  });
});

test('an item that was put off before the clock was set back is not put off for longer', async () => {
  const world = await freshWorld();
  const item = await onlyItem(world.effects, await submit(world, csvOf(1)));
  world.clock.advance(-HOUR_MS);

  expect(await generate(world.effects, item)).toEqual({ kind: 'settled' });
});
