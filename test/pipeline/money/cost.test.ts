import { describe, expect, test } from 'vitest';
import type { CostDimension } from '../../../shared/domain/money/cost-report.ts';
import { timeZone, UTC } from '../../../shared/domain/time/time-zone.ts';
import { queryCost } from '../../../shared/pipeline/money/cost.ts';
import { recomputeCost } from '../../../shared/pipeline/money/recompute-cost.ts';
import { chargeToRow } from '../../../shared/pipeline/rows/charge-row.ts';
import { addToCost } from '../../../shared/pipeline/rows/cost-row.ts';
import { chargesIn, sumMicro, verify } from '../../support/ledger.ts';
import { standingClock } from '../../support/test-clock.ts';
import { workOff } from '../../support/work.ts';
import { csvOf, submit, useWorlds } from '../../support/world.ts';

const freshWorld = useWorlds();
const DAY = '2026-11-21';
const TAGGED = 'prompt,tags\na fox,who=ann\na cat,who=bob\na dog,who=ann\n';

describe('a cost question', () => {
  test('has the same answer from roll-ups and from charges, which also know tags and basis', async () => {
    const world = await freshWorld();
    await workOff(world, await submit(world, TAGGED));
    const ask = (by: readonly CostDimension[], zone = UTC) =>
      queryCost(world.effects, { from: DAY, to: DAY, by, zone });

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
    const ask = (from: string, zone = UTC) => queryCost(world.effects, { from, to: from, by: ['day'], zone });

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

    const report = await queryCost(world.effects, { ...window, by: ['tag:who'], zone: UTC });

    expect(report).toMatchObject({ ...window, total: { images: 3 } });
  });
});

describe('verifying', () => {
  test('finds a charge that is in no roll-up, and a roll-up that is of no charge', async () => {
    const world = await freshWorld();
    await workOff(world, await submit(world, csvOf(2)));
    const [charge] = await chargesIn(world.effects);
    if (charge === undefined) throw new Error('nothing was booked');
    expect((await verify(world.effects)).differences).toEqual([]);

    await world.effects.table.write([
      { kind: 'put', row: chargeToRow({ ...charge, at: `${charge.at}1` }) },
      addToCost({ ...charge, outcome: 'blocked', images: 0 }),
    ]);

    const { charges, differences } = await verify(world.effects);
    expect(charges).toBe(3);
    expect(differences).toMatchObject([
      { outcome: 'blocked', rollUp: { attempts: 1 }, charges: { attempts: 0 } },
      { day: DAY, outcome: 'image', rollUp: { attempts: 2 }, charges: { attempts: 3 } },
    ]);
  });
});

describe('recomputing at another price', () => {
  test('shows what the charges of its model would cost, and changes none', async () => {
    const world = await freshWorld({ profile: 'mixed' });
    const rows = 'prompt,model\na fox,gemini-3-pro-image-preview\na cat,gemini-3.1-flash-image-preview\n';
    await workOff(world, await submit(world, rows));
    const before = await chargesIn(world.effects);
    const half = world.effects.prices.prices.find(({ name }) => name === 'pro-half');
    if (half === undefined) throw new Error('the list has no pro-half');

    const recomputed = await recomputeCost(world.effects.table, { from: DAY, to: DAY }, half);

    const pro = before.filter(({ model }) => model === half.model);
    const { creditsMicro, recomputedMicro, differenceMicro } = recomputed.total;
    expect(creditsMicro).toBe(sumMicro(pro));
    expect([recomputedMicro, differenceMicro]).toEqual([creditsMicro / 2, -creditsMicro / 2]);
    expect(recomputed).toMatchObject({ others: before.length - pro.length });
    expect(recomputed.rows.map(({ price }) => price)).toEqual(['pro-2025-11']);
    expect(await chargesIn(world.effects)).toEqual(before);
  });

  test('at the price that they were recorded at is no difference', async () => {
    const world = await freshWorld({ profile: 'mixed' });
    await workOff(world, await submit(world, csvOf(12)));
    const same = world.effects.prices.prices.find(({ name }) => name === 'flash-2025-11');
    if (same === undefined) throw new Error('the list has no flash-2025-11');

    const { total } = await recomputeCost(world.effects.table, { from: DAY, to: DAY }, same);

    expect(total.charges).toBeGreaterThanOrEqual(12);
    expect(total.differenceMicro).toBe(0);
  });
});
