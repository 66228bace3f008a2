import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { parseAttemptId } from '../../../shared/domain/ids.ts';
import { formatCredits } from '../../../shared/domain/money/money.ts';
import { writeDailyReports } from '../../../shared/pipeline/money/daily-report.ts';
import { recordLateCharge } from '../../../shared/pipeline/money/ledger.ts';
import { collect } from '../../support/collect.ts';
import { chargesIn } from '../../support/ledger.ts';
import { NOON_MS } from '../../support/test-clock.ts';
import { workOff } from '../../support/work.ts';
import { csvOf, submit, useWorlds, type World } from '../../support/world.ts';

const freshWorld = useWorlds();
const [HOUR_MS, DAY_MS] = [3_600_000, 86_400_000];

describe('the daily report', () => {
  test('is written once, after the day and its calls have ended', async () => {
    const world = await freshWorld();
    await workOff(world, await submit(world, csvOf(3)));
    const before = await writeDailyReports(world.effects);
    world.clock.advance(12.4 * HOUR_MS);
    const tooSoon = await writeDailyReports(world.effects);

    world.clock.advance(0.2 * HOUR_MS);
    const written = await writeDailyReports(world.effects);
    const again = await writeDailyReports(world.effects);

    expect([before, tooSoon, written, again]).toEqual([[], [], ['2026-11-21'], []]);
    const { creditsMicro } = world.simulator.totals();
    expect(JSON.parse(await reportOf(world, '2026-11-21.json'))).toMatchObject({
      by: ['day', 'model', 'batch', 'outcome', 'provider', 'price', 'size', 'user'],
      source: 'charges',
      rateSource: 'the rate that each charge names',
      total: { images: 3, creditsMicro },
    });
    expect(await reportOf(world, '2026-11-21.csv')).toMatch(
      new RegExp(
        `^day,model,batch,outcome,provider,price,size,user,images,.*\n` +
          `2026-11-21,.*,image,core-today,flash-2025-11,1K,,3,3,.*,${creditsMicro},.*,${formatCredits(creditsMicro)},0.001,USD,`,
      ),
    );
  });

  test('of a day with very many charges leaves out details of single charges, and has the same columns and total', async () => {
    const world = await freshWorld();
    await workOff(world, await submit(world, csvOf(3)));
    world.clock.advance(DAY_MS);

    await writeDailyReports(world.effects, 2);

    const report = JSON.parse(await reportOf(world, '2026-11-21.json'));
    expect(report).toMatchObject({
      source: 'roll-ups',
      rows: [{ images: 3, provider: 'core-today', price: '' }],
    });
    expect(report.total.creditsMicro).toBe(world.simulator.totals().creditsMicro);
    expect(await reportOf(world, '2026-11-21.csv')).toMatch(
      /^day,model,batch,outcome,provider,price,size,user,images,/,
    );
  });

  test('backfills missed days, including days without charges', async () => {
    const world = await freshWorld();
    await workOff(world, await submit(world, csvOf(1)));
    world.clock.advance(3 * DAY_MS);

    const days = await writeDailyReports(world.effects);

    expect(days).toEqual(['2026-11-21', '2026-11-22', '2026-11-23']);
    expect((await reportOf(world, '2026-11-23.csv')).trim().split('\n')).toHaveLength(1);
  });

  test('is rewritten within a week of a late answer, and is else the same bytes', async () => {
    const world = await freshWorld();
    await workOff(world, await submit(world, csvOf(1)));
    const [booked] = await chargesIn(world.effects);
    const attempt = parseAttemptId('11111111-2222-4333-8444-555555555555');
    if (booked === undefined || attempt === undefined) throw new Error('nothing was booked');
    await recordLateCharge(world.effects, {
      ...booked,
      attempt,
      outcome: 'unknown',
      images: 0,
      creditsMicro: 0,
    });
    world.clock.advance(DAY_MS);
    await writeDailyReports(world.effects);
    const first = await reportOf(world, '2026-11-21.json');

    world.clock.advance(DAY_MS);
    await writeDailyReports(world.effects);
    const unchanged = await reportOf(world, '2026-11-21.json');
    await recordLateCharge(world.effects, { ...booked, attempt, outcome: 'duplicate', images: 0 });
    world.clock.advance(DAY_MS);
    await writeDailyReports(world.effects);
    const corrected = JSON.parse(await reportOf(world, '2026-11-21.json'));

    expect(unchanged).toBe(first);
    expect(JSON.parse(first).total).toMatchObject({ attempts: 2, creditsMicro: booked.creditsMicro });
    expect(corrected.total).toMatchObject({ attempts: 2, creditsMicro: 2 * booked.creditsMicro });
  });

  test('goes back no further than a month', async () => {
    const world = await freshWorld();
    await submit(world, csvOf(1));
    world.clock.advance(90 * DAY_MS);

    const days = await writeDailyReports(world.effects);

    const keys = await collect(world.effects.store.list('reports/daily/'));
    expect([days.length, keys.length]).toEqual([31, 62]);
    expect(days.at(-1)).toBe(new Date(NOON_MS + 89 * DAY_MS).toISOString().slice(0, 10));
  });
});

async function reportOf({ effects }: Pick<World, 'effects'>, name: string): Promise<string> {
  const found = await effects.store.get(`reports/daily/${name}`);
  if (found === undefined) throw new Error(`there is no report ${name}`);
  return await text(found.body);
}
