import { describe, expect, test } from 'vitest';
import type { CostDimension } from '../../shared/domain/cost-report.ts';
import { timeZone, UTC } from '../../shared/domain/time-zone.ts';
import { askCost } from '../../shared/pipeline/cost.ts';
import { standingClock } from '../support/test-clock.ts';
import { workOff } from '../support/work.ts';
import { submit, useWorlds } from '../support/world.ts';

const freshWorld = useWorlds();
const DAY = '2026-11-21';
const TAGGED = 'prompt,tags\na fox,who=ann\na cat,who=bob\na dog,who=ann\n';

describe('a cost question', () => {
  test('has the same answer from roll-ups and from charges, which also know tags and basis', async () => {
    const world = await freshWorld();
    await workOff(world, await submit(world, TAGGED));
    const ask = (by: readonly CostDimension[], zone = UTC) =>
      askCost(world.effects, { from: DAY, to: DAY, by, zone });

    const [fromRollUps, byTag, byBasis] = [
      await ask(['month']),
      await ask(['tag:who']),
      await ask(['basis']),
    ];

    const { creditsMicro } = world.simulator.totals();
    expect(fromRollUps).toMatchObject({ source: 'roll-ups', total: { images: 3, creditsMicro } });
    expect(byTag).toMatchObject({
      source: 'charges',
      rows: [{ 'tag:who': 'ann', images: 2 }, { images: 1 }],
    });
    for (const report of [byTag, byBasis]) expect(report.total).toEqual(fromRollUps.total);
  });

  test('about days of another zone is answered by the moment of each charge', async () => {
    const world = await freshWorld({}, standingClock(Date.parse('2026-11-20T23:30:00Z')));
    await workOff(world, await submit(world, TAGGED));
    const berlin = timeZone('Europe/Berlin') ?? UTC;
    const ask = (from: string, zone = UTC) => askCost(world.effects, { from, to: from, by: ['day'], zone });

    const answers = [
      await ask('2026-11-20'),
      await ask(DAY),
      await ask('2026-11-20', berlin),
      await ask(DAY, berlin),
    ];

    expect(answers.map(({ total }) => total.images)).toEqual([3, 0, 0, 3]);
    expect(answers[3]).toMatchObject({ tz: 'Europe/Berlin', source: 'charges', rows: [{ day: DAY }] });
  });

  test('about a very long time is answered as fast as one about the days there are', async () => {
    const world = await freshWorld();
    await workOff(world, await submit(world, TAGGED));
    const window = { from: '0001-01-01', to: '9999-12-31' };

    const report = await askCost(world.effects, { ...window, by: ['tag:who'], zone: UTC });

    expect(report).toMatchObject({ ...window, total: { images: 3 } });
  });
});
